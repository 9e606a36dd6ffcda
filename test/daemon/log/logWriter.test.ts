// The intervals of the log when something goes wrong with them: none piles up, none is lost without being counted.
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { defaultConfig } from '../../../daemon/config/config.js';
import type { ClosedInterval } from '../../../daemon/interval.js';
import { LogWriter, type LogWriterParts } from '../../../daemon/logWriter.js';
import type { Snapshot } from '../../../src/measure/snapshot.js';
import { waitUntil } from '../../bench/waitUntil.js';
import { sampleSnapshot, segmentLine } from '../../export/sampleSnapshot.js';
import { logsIn, makeDirectory, textOf } from './place.js';

const limitSeconds = 10;
const closed: ClosedInterval = {
  reading: { devices: [], unlearnedHookRuns: 0, devicesTurnedAway: 0 },
  startedAt: new Date('2026-01-02T03:04:05Z'),
  durationSeconds: 1,
  legs: null,
};
const snapshot: Snapshot = sampleSnapshot({
  startedAt: closed.startedAt.toISOString(),
  segments: [segmentLine({ device: 'veth0', segment: 'backlog' }, 1_000)],
});

/** A log with very short intervals, and how many of them were opened and closed. */
function start(t: ExecutionContext, parts: Partial<LogWriterParts> = {}) {
  const [counts, warnings] = [{ opened: 0, closed: 0 }, [] as string[]];
  const close = () => {
    counts.closed += 1;
    return closed;
  };
  const open: LogWriterParts['open'] = (isWanted) => {
    const interval = parts.open?.(isWanted) ?? { close, closeAsRead: close };
    counts.opened += 1;
    return interval;
  };
  const workOut = parts.workOut ?? (() => Promise.resolve(snapshot));
  const directory = makeDirectory(t);
  const config = { ...defaultConfig.log, intervalMs: 5 };
  const log = new LogWriter(directory, config, { open, workOut, warn: (text) => warnings.push(text) });
  t.teardown(() => log.end());
  const written = () =>
    logsIn(directory)
      .flatMap((name) => textOf(directory, name).split('\n'))
      .filter((line) => line.startsWith('Tag=')).length;
  return { log, counts, warnings, written };
}

test("an interval whose figures can't be worked out is lost and counted, and the next is written", async (t) => {
  let calls = 0;
  const workOut = () => (++calls === 1 ? Promise.reject(new Error('no figures')) : Promise.resolve(snapshot));
  const { log, warnings, written } = start(t, { workOut });
  t.true(await waitUntil(() => log.intervals > 0, limitSeconds));
  await log.end();
  t.is(log.lostIntervals, 1);
  t.regex(warnings.join(), /intervals are lost.*no figures/);
  t.is(written(), log.intervals);
});

test('while no interval can be opened the present one goes on: nothing is lost, and it is told once', async (t) => {
  let [isBroken, refused] = [false, 0];
  const open = () => {
    if (!isBroken) return { close: () => closed, closeAsRead: () => closed };
    refused += 1;
    throw new Error('no descriptor left');
  };
  const { log, counts, warnings } = start(t, { open });
  isBroken = true;
  t.true(await waitUntil(() => refused > 3, limitSeconds));
  t.true(
    await waitUntil(() => counts.opened - log.intervals - log.lostIntervals === 1, limitSeconds),
    'all but the open one are written',
  );
  const { opened } = counts;
  t.false(await waitUntil(() => counts.opened > opened, 0.1));
  isBroken = false;
  const before = log.intervals;
  t.true(await waitUntil(() => log.intervals > before, limitSeconds));
  await log.end();
  t.is(log.intervals + log.lostIntervals, counts.opened);
  t.is(warnings.filter((text) => /grow longer.*no descriptor left/.test(text)).length, 1);
});

test("an interval that can't be closed is lost and counted, at the end too", async (t) => {
  const close = () => {
    throw new Error('torn');
  };
  const { log, counts } = start(t, { open: () => ({ close, closeAsRead: close }) });
  t.true(await waitUntil(() => counts.opened > 2, limitSeconds));
  await log.end();
  t.is(log.lostIntervals, counts.opened);
});

test('closed intervals do not pile up where working them out takes long', async (t) => {
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const workOut = async () => {
    await held;
    return snapshot;
  };
  const { log, counts, warnings, written } = start(t, { workOut });
  t.true(await waitUntil(() => warnings.length > 0, limitSeconds));
  t.is(counts.closed, 2);
  t.is(counts.opened, 3);
  goOn();
  t.true(await waitUntil(() => counts.closed > 2, limitSeconds));
  await log.end();
  t.is(log.intervals + log.lostIntervals, counts.opened);
  t.is(written(), log.intervals);
});
