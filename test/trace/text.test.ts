import test from 'ava';
import { reportOf } from '../../src/trace/report.js';
import { traceBlock, traceJson } from '../../src/trace/text.js';
import { during, ms, outlier } from './sampleOutlier.js';

const names: Readonly<Record<number, { device: string; netns: string }>> = {
  2: { device: 'tun0', netns: 'left' },
  7: { device: 'tun1', netns: 'right' },
};
const naming = {
  nameOf: (device: number) => names[device] ?? { device: '\u009b31m', netns: 'left' },
  wallMs: (timeNs: number) => Date.UTC(2026, 0, 2, 3, 4, 5, 6) + timeNs / ms - 1_000,
};
const slow = outlier({ task: during({ stoppedNs: 99 * ms }) });
const way = [
  { timeNs: 1_000 * ms, device: 2, point: 1 },
  { timeNs: 1_100 * ms, device: 2, point: 2 },
  { timeNs: 1_100.25 * ms, device: 7, point: 3 },
  { timeNs: 1_100.5 * ms, device: 7, point: 4 },
];

test('a packet that was followed: its way, with the slow wait where it ended', (t) => {
  const [heading, ...lines] = traceBlock(reportOf({ waits: [slow], way }, naming), 1, false).split('\n');
  t.regex(
    heading ?? '',
    /^\d\d:\d\d:\d\d\.006 {2}left\/tun0 ring 100 ms {2}UDP 198\.18\.0\.1:1000 → 198\.19\.0\.1:2000 {2}50 bytes$/,
  );
  t.deepEqual(lines, [
    '     0 ns            sent on left/tun0',
    '   100 ms  +100 ms   read from tun0 by socat[77] on CPU 0, after 100 ms in ring',
    '   100 ms  +250 µs   written to right/tun1',
    '   101 ms  +250 µs   received on tun1',
    '  Its reader socat[77] stood still for 99.0 ms, stopped by a signal or a debugger.',
    '',
    '',
  ]);
});

test('one that was not: the ends of its wait alone, by segment', (t) => {
  const expected = {
    qdisc: ['queued on left/tun0', 'sent on tun0'],
    driver: ['sent on left/tun0', 'left the driver of tun0'],
    backlog: ['sent towards left/tun0', 'received on tun0'],
    ring: ['sent on left/tun0', 'read from tun0 by socat[77]'],
    inject: ['written to left/tun0', 'taken in on tun0'],
  } as const;
  for (const [segment, [first, last]] of Object.entries(expected)) {
    const report = reportOf({ waits: [{ ...slow, segment: segment as 'ring' }], way: null }, naming);
    const lines = traceBlock(report, 1, false).split('\n');
    t.is(lines[1], `     0 ns            ${first}`);
    t.is(lines[2], `   100 ms  +100 ms   ${last} on CPU 0, after 100 ms in ${segment}`);
  }
});

test('where not all packets are followed, the block says how many are', (t) => {
  const report = reportOf({ waits: [slow], way }, naming);
  t.false(traceBlock(report, 1, false).includes('followed'));
  t.regex(traceBlock(report, 4, false), /\n {2}One packet in 4 is followed from device to device now\.\n\n$/);
});

test('several slow waits: a sentence each', (t) => {
  const later = outlier({ device: 7, segment: 'backlog', endNs: 1_150 * ms, waitNs: 40 * ms, endCpu: 1 });
  const block = traceBlock(reportOf({ waits: [slow, later], way: null }, naming), 1, false);
  t.regex(block, /^ {2}ring: Its reader .*\n {2}backlog: It moved from CPU 0 to CPU 1\.$/m);
});

test('a name that steers a terminal gets there neither as text nor as JSON', (t) => {
  const report = reportOf({ waits: [outlier({ device: 99 })], way: null }, naming);
  t.true(traceBlock(report, 1, false).includes('\\x9b31m'));
  t.true(traceJson(report, 1).includes('\\u009b31m'));
});

test('JSON is one line, with the figures as numbers', (t) => {
  const line = traceJson(reportOf({ waits: [slow], way }, naming), 4);
  t.is(line.indexOf('\n'), line.length - 1);
  t.like(JSON.parse(line), {
    time: '2026-01-02T03:04:05.006Z',
    content: '0000000100000002',
    lengthBytes: 50,
    isFollowed: true,
    journeysEvery: 4,
    waits: [
      {
        device: 'tun0',
        netns: 'left',
        segment: 'ring',
        waitNs: 100 * ms,
        task: {
          id: 77,
          name: 'socat',
          during: { runningNs: ms, runnableNs: 0, sleepingNs: 0, stoppedNs: 99 * ms },
        },
        causes: [{ cause: 'stopped', explainedNs: 99 * ms }],
      },
    ],
  });
});

test('JSON of a driver says where it began; of a task whose times do not add up, nothing', (t) => {
  const driver = outlier({ segment: 'driver', endCpu: 3, start: null, task: during({ runningNs: 1e19 }) });
  t.like(JSON.parse(traceJson(reportOf({ waits: [driver], way: null }, naming), 1)), {
    waits: [{ startCpu: 3, endCpu: 3, task: { id: 77, name: 'socat', during: null } }],
  });
});
