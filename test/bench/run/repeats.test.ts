// Catches: a void trial that counts, or is made up for again and again.
import test from 'ava';
import type { Trial } from '../../../src/bench/load/trial.js';
import { isCounted, repeatTrials } from '../../../src/bench/run/repeats.js';
import { sampleTrial } from '../sampleResult.js';

const noCounts = { buckets: [], sumNs: 0, minNs: null, maxNs: null, total: 0 };

async function ran(repeats: number, voidReasons: readonly (string | null)[]): Promise<Trial[]> {
  let nth = 0;
  return repeatTrials(repeats, async () => ({
    result: sampleTrial({ voidReason: voidReasons[nth++] ?? null }),
    latency: null,
    lateness: noCounts,
    waitingSeconds: 0,
  }));
}

test('a repeat that is void runs once more, and no further', async (t) => {
  const counted = (trials: readonly Trial[]) => trials.map(isCounted);
  t.deepEqual(counted(await ran(3, [])), [true, true, true]);
  t.deepEqual(counted(await ran(2, ['late', null, null])), [false, true, true]);
  t.deepEqual(counted(await ran(2, ['late', 'late', null])), [false, false, true]);
});
