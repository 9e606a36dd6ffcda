import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { HistogramLogReader } from 'hdr-histogram-js';
import { IntervalLog } from '../../../daemon/log/intervalLog.js';
import { VifscopeError } from '../../../src/errors.js';
import { tagOf } from '../../../src/export/hlog.js';
import type { Snapshot } from '../../../src/measure/snapshot.js';
import { sampleSnapshot, segmentLine } from '../../export/sampleSnapshot.js';
import { logsIn, makeDirectory, openLog, smallDiskMissing, textOf, withSmallDisk } from './place.js';

const firstMs = Date.parse('2026-01-02T03:04:05.678Z');
const lengthMs = 10_000;

/** The interval of this number, of so many devices with two segments each. */
const interval = (number: number, devices = 2): Snapshot =>
  sampleSnapshot({
    startedAt: new Date(firstMs + number * lengthMs).toISOString(),
    durationSeconds: lengthMs / 1000,
    segments: Array.from({ length: devices }, (_, index) => [
      segmentLine({ device: `veth${index}`, segment: 'backlog' }, ...latencies(number, index + 1)),
      segmentLine({ device: `veth${index}`, segment: 'driver' }, 7_000 + number),
    ]).flat(),
  });

const latencies = (number: number, count: number) =>
  Array.from({ length: count }, (_, index) => 1_000 * (number + 1) + index);

const intervalLines = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith('Tag='));

interface Read {
  readonly tag: string | undefined;
  readonly count: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** What HdrHistogram's reader finds in a file. */
function readLog(text: string): readonly Read[] {
  const reader = new HistogramLogReader(text, 64);
  const found: Read[] = [];
  for (let next = reader.nextIntervalHistogram(); next !== null; next = reader.nextIntervalHistogram())
    found.push({
      tag: next.tag,
      count: next.totalCount,
      startMs: Math.round(next.startTimeStampMsec),
      endMs: Math.round(next.endTimeStampMsec),
    });
  return found;
}

const asWritten = (snapshots: readonly Snapshot[]): readonly Read[] =>
  snapshots.flatMap(({ startedAt, durationSeconds, segments }) => {
    const startMs = Date.parse(startedAt);
    const endMs = startMs + durationSeconds * 1000;
    return segments.map((line) => ({ tag: tagOf(line), count: line.count, startMs, endMs }));
  });

test('a rotated set reads as it was written: every interval once, whole, in one file', async (t) => {
  const directory = makeDirectory(t);
  const snapshots = Array.from({ length: 12 }, (_, number) => interval(number));
  const { log, warnings } = openLog(t, directory, { rotateBytes: 2_000 });
  // Those of a queue that is full would be lost: each waits for the one before.
  for (const snapshot of snapshots) {
    log.append(snapshot);
    await log.written();
  }
  const texts = logsIn(directory).map((name) => textOf(directory, name));
  t.true(texts.length > 2 && texts.length < snapshots.length, `${texts.length} files`);
  t.deepEqual(texts.flatMap(readLog), asWritten(snapshots));
  for (const text of texts) {
    t.true(text.length <= 2_000);
    t.is(readLog(text).length % 4, 0);
  }
  t.deepEqual([log.intervals, log.lostIntervals, warnings.length], [12, 0, 0]);
});

test('an interval larger than a file may be has one of its own', async (t) => {
  const directory = makeDirectory(t);
  const { log } = openLog(t, directory, { rotateBytes: 1 });
  for (const number of [0, 1, 2]) log.append(interval(number));
  await log.close();
  const names = logsIn(directory);
  t.deepEqual(
    names,
    ['05', '15', '25'].map((second) => `vifscope-20260102T0304${second}Z.hlog`),
  );
  t.deepEqual(
    names.map((name) => readLog(textOf(directory, name)).length),
    [4, 4, 4],
  );
});

test('the oldest files go, and nothing else does', async (t) => {
  const directory = makeDirectory(t);
  const foreign = ['notes.hlog', 'vifscope-20200101T000000Z.hlog.gz', 'vifscope-20200101T000000Z-2.hlog'];
  writeFileSync(join(directory, foreign[0] ?? ''), '');
  writeFileSync(join(directory, foreign[1] ?? ''), '');
  mkdirSync(join(directory, foreign[2] ?? ''));
  symlinkSync('notes.hlog', join(directory, 'vifscope-20200101T000000Z-3.hlog'));
  writeFileSync(join(directory, 'vifscope-20200101T000000Z.hlog'), 'of an earlier run');
  const { log } = openLog(t, directory, { rotateBytes: 1, keep: 3 });
  for (const number of [0, 1, 2, 3]) log.append(interval(number));
  await log.written();
  const ours = () => logsIn(directory).filter((name) => name.startsWith('vifscope-2026'));
  t.is(ours().length, 3);
  t.deepEqual(
    logsIn(directory).filter((name) => !name.startsWith('vifscope-2026')),
    [
      'notes.hlog',
      'vifscope-20200101T000000Z-2.hlog',
      'vifscope-20200101T000000Z-3.hlog',
      'vifscope-20200101T000000Z.hlog.gz',
    ],
  );

  log.reconfigure({ rotateBytes: 2 ** 20, keep: 1 });
  log.append(interval(4));
  await log.written();
  t.deepEqual(ours(), ['vifscope-20260102T030435Z.hlog']);
  t.deepEqual(readLog(textOf(directory, ours()[0])), asWritten([interval(3), interval(4)]));
});

test('what is there already is left alone: a second log of the same second gets a number', async (t) => {
  const directory = makeDirectory(t);
  const logs = [openLog(t, directory), openLog(t, directory), openLog(t, directory)];
  for (const { log } of logs) {
    log.append(interval(0));
    await log.written();
  }
  t.deepEqual(logsIn(directory), [
    'vifscope-20260102T030405Z-2.hlog',
    'vifscope-20260102T030405Z-3.hlog',
    'vifscope-20260102T030405Z.hlog',
  ]);
  for (const name of logsIn(directory)) t.is(readLog(textOf(directory, name)).length, 4);
});

for (const [what, change] of [
  ['moved', (path: string) => renameSync(path, `${path}.1`)],
  ['deleted', (path: string) => rmSync(path)],
  ['cut off', (path: string) => truncateSync(path, 0)],
  ['added to', (path: string) => writeFileSync(path, 'x', { flag: 'a' })],
  [
    'replaced',
    (path: string) => {
      renameSync(path, `${path}.1`);
      writeFileSync(path, textOf(`${path}.1`, ''));
    },
  ],
] as const)
  test(`a file that is ${what} from outside is followed by another`, async (t) => {
    const directory = makeDirectory(t);
    const { log, warnings } = openLog(t, directory);
    log.append(interval(0));
    await log.written();
    change(join(directory, logsIn(directory)[0] ?? ''));
    for (const number of [1, 2]) log.append(interval(number));
    await log.close();
    t.deepEqual(
      readLog(textOf(directory, 'vifscope-20260102T030415Z.hlog')),
      asWritten([interval(1), interval(2)]),
    );
    t.deepEqual([log.intervals, log.lostIntervals, warnings.length], [3, 0, 0]);
  });

test('when the clock is set back another file begins: no interval starts before its log', async (t) => {
  const directory = makeDirectory(t);
  const { log } = openLog(t, directory, { keep: 1 });
  for (const number of [5, 6, 0, 1]) log.append(interval(number));
  await log.close();
  t.deepEqual(logsIn(directory), ['vifscope-20260102T030405Z.hlog'], 'the one being written is kept');
  t.deepEqual(readLog(textOf(directory, logsIn(directory)[0])), asWritten([interval(0), interval(1)]));
});

test('an interval without a segment leaves no file', async (t) => {
  const directory = makeDirectory(t);
  const { log } = openLog(t, directory);
  log.append(interval(0, 0));
  await log.written();
  t.deepEqual(logsIn(directory), []);
  t.is(log.intervals, 0);
});

test('intervals that come faster than they can be written are counted, not piled up', async (t) => {
  const directory = makeDirectory(t);
  const { log, warnings } = openLog(t, directory);
  for (let number = 0; number < 10; number++) log.append(interval(number));
  await log.written();
  t.is(log.intervals + log.lostIntervals, 10);
  t.is(readLog(textOf(directory, logsIn(directory)[0])).length, 4 * log.intervals);
  t.true(log.lostIntervals > 0);
  t.is(warnings.length, 1);
  t.regex(warnings[0] ?? '', /wait to be written/);
});

test('a directory that goes and comes back: lost intervals are counted and told once, then the log goes on', async (t) => {
  const parent = makeDirectory(t);
  const directory = join(parent, 'log');
  mkdirSync(directory);
  const { log, warnings } = openLog(t, directory);
  const appendAll = async (...numbers: readonly number[]) => {
    for (const number of numbers) log.append(interval(number));
    await log.written();
  };
  await appendAll(0);
  renameSync(directory, join(parent, 'away'));
  await appendAll(1, 2);
  t.deepEqual([log.intervals, log.lostIntervals, warnings.length], [1, 2, 1]);
  t.regex(warnings[0] ?? '', /intervals are lost.*ENOENT/);
  mkdirSync(directory);
  await appendAll(3);
  rmSync(directory, { recursive: true });
  await appendAll(4);
  t.deepEqual([log.intervals, log.lostIntervals, warnings.length], [2, 3, 2]);
});

test('a directory that is none is refused before anything is measured', (t) => {
  const directory = makeDirectory(t);
  const file = join(directory, 'file');
  writeFileSync(file, '');
  for (const [place, reason] of [
    [join(directory, 'none'), /none: ENOENT/],
    [file, /file: it is not a directory/],
  ] as const) {
    const rotation = { rotateBytes: 1, keep: 1, warn: (text: string) => t.fail(text) };
    const error = t.throws(() => IntervalLog.open({ directory: place, ...rotation }), {
      instanceOf: VifscopeError,
    });
    t.is(error?.code, 'FAILED');
    t.regex(error?.message ?? '', reason);
    t.regex(error?.message ?? '', /make the directory/);
  }
});

const unwritable = 'a directory that this user may not write to is refused';
if (process.geteuid?.() === 0) test.skip(`${unwritable} (skipped: root may)`, () => {});
else
  test(unwritable, (t) => {
    const directory = makeDirectory(t);
    chmodSync(directory, 0o500);
    t.throws(() => openLog(t, directory), { instanceOf: VifscopeError, message: /EACCES/ });
  });

const fullDisk = 'on a full disk intervals are lost, told once, and half of none stays; with room it goes on';
const missing = smallDiskMissing();
if (missing !== null) test.skip(`${fullDisk} (skipped: ${missing})`, () => {});
else
  test(fullDisk, async (t) => {
    await withSmallDisk(async (directory) => {
      const { log, warnings } = openLog(t, directory);
      const append = async (number: number, devices: number) => {
        log.append(interval(number, devices));
        await log.written();
      };
      const only = () => textOf(directory, 'vifscope-20260102T030405Z.hlog');
      await append(0, 2);
      const before = only();
      writeFileSync(join(directory, 'filler'), Buffer.alloc(50_000));
      // Some pages are left: a part of these can be written.
      await append(1, 150);
      await append(2, 150);
      t.is(only(), before);
      t.deepEqual([log.intervals, log.lostIntervals, warnings.length], [1, 2, 1]);
      t.regex(warnings[0] ?? '', /intervals are lost.*ENOSPC/);

      // A file that can't be begun isn't there.
      rmSync(join(directory, 'vifscope-20260102T030405Z.hlog'));
      await append(3, 150);
      t.deepEqual(logsIn(directory), ['filler']);
      t.deepEqual([log.lostIntervals, warnings.length], [3, 1]);

      rmSync(join(directory, 'filler'));
      await append(4, 150);
      t.is(intervalLines(textOf(directory, 'vifscope-20260102T030445Z.hlog')).length, 300);
      t.deepEqual([log.intervals, log.lostIntervals, warnings.length], [2, 3, 1]);
      await log.close();
    });
  });
