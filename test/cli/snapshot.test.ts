import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { HistogramLogReader } from 'hdr-histogram-js';
import { decodeHistogram } from '../../src/measure/histogram.js';
import type { Snapshot } from '../../src/measure/snapshot.js';
import { groundTest, ip } from '../kernel/devices/ground.js';
import { assertBalanced } from '../kernel/support/lines.js';
import { carryTraffic } from './traffic.js';
import { assertMessage, run } from './vifscope.js';

const interval = ['--duration', '500ms'];

function directoryOf(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-cli-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  return directory;
}

groundTest('the table, JSON, CSV and histogram log of one pair tell the same devices', async (t, ground) => {
  const { glob } = await carryTraffic(ground);
  const device = ['--device', glob];
  const table = await run(t, ['snapshot', ...device, ...interval]);
  t.deepEqual([table.status, table.stderr], [0, '']);
  t.regex(table.stdout, /^device +netns +segment +packets/m);
  t.regex(table.stdout, /^v1 +vift-\S+ +backlog +\d+/m);
  t.regex(table.stdout, /^Accounting: .*all accounted for/m);

  const csv = await run(t, ['snapshot', ...device, ...interval, '--csv', '--percentiles', '50,99.95']);
  t.deepEqual([csv.status, csv.stderr], [0, '']);
  const [heading = '', ...rows] = csv.stdout.trim().split(/\r?\n/);
  t.true(heading.includes('p50') && heading.includes('p99.95') && !heading.includes('p99.9_'));
  t.true(rows.every((row) => row.split(',').length === heading.split(',').length));

  const hlogPath = join(directoryOf(t), 'out.hlog');
  writeFileSync(hlogPath, 'of an earlier run\n'.repeat(1000));
  const json = await run(t, ['snapshot', ...device, ...interval, '--json', '--hlog', hlogPath]);
  t.deepEqual([json.status, json.stderr], [0, '']);
  const snapshot = JSON.parse(json.stdout) as Snapshot;
  t.is(snapshot.version, 1);
  t.true(snapshot.durationSeconds >= 0.45 && snapshot.durationSeconds < 2);
  assertBalanced(t, snapshot);
  for (const { count, histogram } of snapshot.segments) t.is(decodeHistogram(histogram).totalCount, count);
  t.is(rows.length, snapshot.segments.length);

  const reader = new HistogramLogReader(readFileSync(hlogPath, 'utf8'), 64, false);
  for (const line of snapshot.segments) {
    const histogram = reader.nextIntervalHistogram();
    t.is(histogram?.totalCount, line.count);
    t.is(histogram?.tag, `${line.netns}/${line.device}/${line.segment}`);
  }
  t.is(reader.nextIntervalHistogram(), null);
});

groundTest('no traffic: an empty table that says so, and empty JSON, CSV and log', async (t, ground) => {
  const name = `vift${process.pid}q`;
  ground.cleanup.add(`remove ${name}`, () => ip('link', 'delete', name).catch(() => {}));
  await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}p`);
  const args = ['snapshot', '--device', name, '--duration', '200ms'];
  const table = await run(t, args);
  t.deepEqual([table.status, table.stderr], [0, '']);
  t.regex(table.stdout, /^No packet was measured in 0\.2\d* s on any device/);

  const hlogPath = join(directoryOf(t), 'out.hlog');
  const json = await run(t, [...args, '--json', '--hlog', hlogPath]);
  t.is(json.status, 0);
  const { segments, accounting, drops } = JSON.parse(json.stdout) as Snapshot;
  t.deepEqual([segments, accounting, drops], [[], [], []]);
  const reader = new HistogramLogReader(readFileSync(hlogPath, 'utf8'), 64, false);
  t.is(reader.nextIntervalHistogram(), null);

  const csv = await run(t, [...args, '--csv']);
  t.deepEqual([csv.status, csv.stdout.trim().split('\n').length], [0, 1]);
  const threshold = await run(t, [...args, '--fail-above', 'max=1ns']);
  t.is(threshold.status, 0, 'nothing waited, so nothing waited too long');
});

groundTest('a quiet device in another namespace is no misuse either', async (t, ground) => {
  const a = await ground.netns();
  await ip('-n', a, 'link', 'add', 'quiet0', 'type', 'veth', 'peer', 'name', 'quiet1');
  const { status, stdout, stderr } = await run(t, [
    'snapshot',
    '--device',
    `${a}/quiet0`,
    '--duration',
    '200ms',
  ]);
  t.deepEqual([status, stderr], [0, '']);
  t.regex(stdout, /^No packet was measured/);
});

groundTest('a glob that no device has is misuse', async (t) => {
  const outcome = await run(t, ['snapshot', '--device', 'no-such-device*', '--duration', '200ms']);
  t.is(outcome.status, 2);
  t.is(outcome.stdout, '');
  assertMessage(t, outcome, /no-such-device\*/);
});

groundTest(
  'a threshold exceeded: exit code 3, its text on stderr, the table all the same',
  async (t, ground) => {
    const { glob } = await carryTraffic(ground);
    const base = ['snapshot', '--device', glob, ...interval];
    const exceeded = await run(t, [...base, '--fail-above', 'backlog:max=1ns', '--fail-above', 'p99=60s']);
    t.is(exceeded.status, 3);
    t.regex(exceeded.stderr, /^vifscope: v1 \(vift-\S+\) backlog: max is \S+ \S+, above 1 ns\n$/);
    t.regex(exceeded.stdout, /^v1 .*backlog/m);
    const json = await run(t, [...base, '--json', '--fail-above', 'max=1ns']);
    t.is(json.status, 3);
    t.notThrows(() => JSON.parse(json.stdout));
    const kept = await run(t, [
      ...base,
      '--fail-above',
      'max=60s',
      '--fail-above',
      'inject:mean=1h'.replace('1h', '60s'),
    ]);
    t.deepEqual([kept.status, kept.stderr], [0, '']);
  },
);

groundTest('a histogram log that cannot be written is told before anything is measured', async (t) => {
  const directory = directoryOf(t);
  const file = join(directory, 'file');
  writeFileSync(file, 'kept');
  for (const path of [join(directory, 'missing/out.hlog'), directory, `${file}/out.hlog`, '/proc/out.hlog']) {
    const outcome = await run(t, ['snapshot', '--duration', '20', '--hlog', path]);
    t.is(outcome.status, 1, outcome.stderr);
    t.is(outcome.stdout, '');
    assertMessage(t, outcome, /cannot write/);
    t.true(outcome.stderr.includes(path));
    t.true(outcome.elapsedMs < 10_000);
  }
  t.is(readFileSync(file, 'utf8'), 'kept');
});

groundTest('a histogram log on a full disk: a clear failure', async (t) => {
  t.true(existsSync('/dev/full'));
  const outcome = await run(t, ['snapshot', ...interval, '--hlog', '/dev/full']);
  t.is(outcome.status, 1);
  assertMessage(t, outcome, /\/dev\/full.*(ENOSPC|no space)/i);
});
