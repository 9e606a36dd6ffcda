// Is a difference between two runs of a few repeats real? Each run's values are held against the distance between them.
import { spreadOf } from '../result/spread.js';

/**
 * By the repeats of the run that has fewer: so many times the wider run's own range must lie between the two runs. Two
 * runs of the same thing are then told apart in less than 0.2 % of cases, whatever the noise: normal, log-normal or
 * exponential (test/bench/compare). Fewer repeats than three tell nothing.
 */
const neededRanges: readonly (readonly [repeats: number, ranges: number])[] = [
  [7, 0],
  [5, 0.5],
  [4, 1],
  [3, 2],
];

export type Verdict = 'differs' | 'same' | 'too few repeats';

/** @param before, after the repeats of one figure */
export function judge(before: readonly number[], after: readonly number[]): Verdict {
  const repeats = Math.min(before.length, after.length);
  const needed = neededRanges.find(([least]) => repeats >= least);
  if (!needed) return 'too few repeats';
  const [a, b] = [spreadOf(before), spreadOf(after)];
  const gap = Math.max(a.min - b.max, b.min - a.max);
  const range = Math.max(a.max - a.min, b.max - b.min);
  return gap > 0 && gap > needed[1] * range ? 'differs' : 'same';
}
