import test from 'ava';
import { snapshotTable, type TableOptions } from '../../src/export/table.js';
import { defaultPercentiles } from '../../src/measure/percentiles.js';
import type { Snapshot } from '../../src/measure/snapshot.js';
import { accountingLine, sampleSnapshot, segmentLine } from './sampleSnapshot.js';

const render = (parts: Partial<Snapshot>, options: Partial<TableOptions> = {}): string[] =>
  snapshotTable(sampleSnapshot(parts), {
    percentiles: defaultPercentiles,
    width: Number.POSITIVE_INFINITY,
    color: false,
    ...options,
  }).split('\n');

const words = (line: string | undefined): string[] => (line ?? '').trim().split(/ {2,}/);

const tun = { device: 'tun0', ifindex: 9, kind: 'tun', segment: 'ring' } as const;

test('one row a device and segment, with counts, rate and latencies', (t) => {
  const [heading, row] = render({ segments: [segmentLine({ count: 123_456 }, 830, 830, 2_000_000)] });
  t.deepEqual(words(heading), 'device segment packets rate/s min p50 p90 p99 p99.9 p99.99 max'.split(' '));
  t.deepEqual(words(row), [
    ...['veth0', 'backlog', '123,456', '24,691', '830 ns', '831 ns'],
    ...['2.00 ms', '2.00 ms', '2.00 ms', '2.00 ms', '2.00 ms'],
  ]);
});

test('the percentiles asked for take the place of the usual ones', (t) => {
  const [heading, row] = render({ segments: [segmentLine({}, 100, 200, 300)] }, { percentiles: [30, 75] });
  t.deepEqual(words(heading), ['device', 'segment', 'packets', 'rate/s', 'min', 'p30', 'p75', 'max']);
  t.deepEqual(words(row).slice(-3), ['100 ns', '300 ns', '300 ns']);
});

test('devices stand in the order of their kinds, segments in the order of the path, the name once', (t) => {
  const segments = [
    segmentLine(tun, 1),
    segmentLine({ segment: 'backlog' }, 1),
    segmentLine({ ...tun, segment: 'qdisc' }, 1),
    segmentLine({ segment: 'qdisc' }, 1),
    segmentLine({ ...tun, device: 'tap0', ifindex: 8, kind: 'tap' }, 1),
  ];
  const rows = render({ segments }).slice(1, 6);
  t.deepEqual(
    rows.map((row) => words(row).slice(0, row.startsWith(' ') ? 1 : 2)),
    [['veth0', 'qdisc'], ['backlog'], ['tap0', 'ring'], ['tun0', 'qdisc'], ['ring']],
  );
});

test('a device that took the name of another one gets rows of its own', (t) => {
  const segments = [segmentLine({ ifindex: 7 }, 1), segmentLine({ ifindex: 8 }, 1)];
  t.is(render({ segments }).filter((row) => row.startsWith('veth0')).length, 2);
});

test('the namespace is shown where there is more than one, be it among the drops', (t) => {
  const segments = [segmentLine({}, 1)];
  t.false(words(render({ segments })[0]).includes('netns'));
  const drops = [{ device: 'veth1', netns: 'sink', reason: 'NO_SOCKET', count: 4 }];
  const lines = render({ segments, drops });
  t.deepEqual(words(lines[0]).slice(0, 2), ['device', 'netns']);
  t.deepEqual(words(lines[1]).slice(0, 2), ['veth0', 'host']);
  t.deepEqual(words(lines[4]), ['veth1', 'sink', 'NO_SOCKET', '4']);
});

test('a segment without a sample has no row', (t) => {
  const segments = [segmentLine({ segment: 'qdisc' }), segmentLine({ segment: 'driver' }, 1)];
  t.false(render({ segments }).some((line) => line.includes('qdisc')));
});

test('a narrow terminal loses the least needed columns, never the segment and the maximum', (t) => {
  const segments = [segmentLine({}, 1000, 2000)];
  let before = Number.POSITIVE_INFINITY;
  for (let width = 130; width >= 25; width--) {
    const lines = render({ segments }, { width });
    const heading = words(lines[0]);
    t.true(
      lines.slice(0, 2).every((line) => line.length <= width),
      `${width}`,
    );
    t.true(heading.length <= before, `${width}`);
    t.deepEqual([heading[0], heading[1], heading.at(-1)], ['device', 'segment', 'max'], `${width}`);
    before = heading.length;
  }
  t.deepEqual(words(render({ segments }, { width: 51 })[0]), [
    'device',
    'segment',
    'packets',
    'p50',
    'p99',
    'max',
  ]);
});

test('in 10 columns rows are cut off and not wrapped', (t) => {
  const lines = render({ segments: [segmentLine({}, 1)] }, { width: 10 });
  t.is(lines[0], 'device  s…');
});

test('a name cannot move the cursor, forge a row or push the figures out of sight', (t) => {
  const device = '\u001b[2J\nveth9';
  const text = render({
    segments: [segmentLine({ device, netns: 'n'.repeat(255) }, 1), segmentLine(tun, 1)],
  });
  t.true(text[1]?.startsWith('\\x1b[2J\\x0aveth9  nnn'));
  t.is(text.length, render({ segments: [segmentLine({}, 1), segmentLine(tun, 1)] }).length);
  t.true((text[1]?.length ?? 0) < 170);
});

test('without a packet the text says so and what to check', (t) => {
  const text = render({ segments: [segmentLine()], durationSeconds: 5.003_17 }).join('\n');
  t.regex(text, /^No packet was measured in 5 s/);
  t.regex(text, /traffic.*--device.*vifscope doctor/s);
  t.notRegex(text, /backlog/);
});

test('colour goes to headings and to what is wrong, and only where it is asked for', (t) => {
  const parts = { segments: [segmentLine({}, 1)], accounting: [accountingLine({ started: 1 })] };
  const sequence = '\u001b[';
  t.false(render(parts).join('\n').includes(sequence));
  const painted = render(parts, { color: true });
  t.true(painted[0]?.startsWith(`${sequence}1mdevice`) && painted[0].endsWith(`max${sequence}22m`));
  t.true(painted.join('\n').includes(`${sequence}31mnot all accounted for${sequence}39m`));
});
