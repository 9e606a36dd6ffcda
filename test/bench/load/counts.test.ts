// Catches: samples lost or counted twice on their way between processes, a trial that counts though it missed its rate.
import test from 'ava';
import fc from 'fast-check';
import { countNs, sparse, together } from '../../../src/bench/load/counts.js';
import type { LoadResult } from '../../../src/bench/load/loader.js';
import { oneSize } from '../../../src/bench/load/plan.js';
import { methodFor, trialOf } from '../../../src/bench/load/trial.js';
import { emptyLatencyCounts } from '../../../src/measure/histogram.js';

const samples = fc.array(fc.integer({ min: 0, max: 70_000_000_000 }), { maxLength: 200 });

function counted(values: readonly number[]) {
  const counts = emptyLatencyCounts();
  for (const ns of values) countNs(counts, ns);
  return counts;
}

test('histograms put together, and sent as JSON before, are those of all their samples', (t) => {
  const property = fc.property(fc.array(samples, { maxLength: 5 }), (parts) => {
    const sent = parts.map(
      (part) => JSON.parse(JSON.stringify(sparse(counted(part)))) as ReturnType<typeof sparse>,
    );
    t.deepEqual(together(sent), counted(parts.flat()));
  });
  fc.assert(property);
});

const load = { packetsPerSecond: 1_000, durationSeconds: 1, sizes: oneSize(64), flows: 1, burst: 1 };

function resultOf(reached: number, early = 0): LoadResult {
  const none = sparse(emptyLatencyCounts());
  const sent = Math.round(reached);
  return {
    generator: {
      offered: 1_000,
      turns: sent,
      sent,
      refused: 0,
      late: 0,
      latestMs: 0,
      lateness: none,
      reachedPacketsPerSecond: reached,
      durationSeconds: 1,
      cpuSeconds: 1,
      waitingSeconds: 0.5,
      answers: null,
    },
    sink: {
      received: sent + 3,
      duplicated: 5,
      reordered: 0,
      missing: 2,
      gaps: 1,
      foreign: 0,
      socketDrops: 0,
      latency: none,
      early,
      cpuSeconds: 0,
    },
  };
}

test('a trial that missed its rate by more than 1 %, or whose clocks differ, is void and says why', (t) => {
  t.is(trialOf(load, resultOf(991), []).result.voidReason, null);
  t.regex(trialOf(load, resultOf(980), []).result.voidReason ?? '', /reached 980 of 1,000/);
  t.regex(trialOf(load, resultOf(1_000, 4), []).result.voidReason ?? '', /4 packets came before their time/);
});

test('second copies are not received, and do not make up for what is lost', (t) => {
  const { received, sent, lost } = trialOf(load, resultOf(1_000), []).result;
  t.is(received + lost, sent);
});

test('bursts leave together, other packets one by one as long as they can be in time', (t) => {
  const methodAt = (packetsPerSecond: number, burst: number) =>
    methodFor({ ...load, packetsPerSecond, burst });
  t.deepEqual(
    [methodAt(1_000, 1), methodAt(1_000_000, 1), methodAt(1_000, 32)],
    ['adaptive', 'adaptive', 'batch'],
  );
});
