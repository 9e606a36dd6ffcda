// What pairs of turns tell: the median of their ratios, and between which bounds it lies. Pure.
// No shape of the noise is assumed: of n ratios the k-th least and the k-th greatest bound the median unless fewer than k
// of them fall on one side of it, and that is a matter of tossed coins.

export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** With which probability the true median lies between them: 0.95 at least, or what so few pairs allow. */
  readonly confidence: number;
}

export const neededConfidence = 0.95;

/** @param values one or more */
export function medianInterval(values: readonly number[]): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const last = sorted.length - 1;
  let cut = 0;
  while (2 * (cut + 1) < last && confidenceOf(sorted.length, cut + 1) >= neededConfidence) cut++;
  return {
    median: (at(Math.floor(last / 2)) + at(Math.ceil(last / 2))) / 2,
    low: at(cut),
    high: at(last - cut),
    confidence: confidenceOf(sorted.length, cut),
  };
}

/** That the median lies between the values when `cut` of them are left out at each end. */
function confidenceOf(count: number, cut: number): number {
  let outside = 0;
  let ways = 1;
  for (let heads = 0; heads <= cut; heads++) {
    outside += ways;
    ways = (ways * (count - heads)) / (heads + 1);
  }
  return 1 - (2 * outside) / 2 ** count;
}

export interface Target {
  readonly bound: 'at least' | 'at most';
  readonly ratio: number;
}

export type Verdict = 'met' | 'missed' | 'not resolvable';

/** Met or missed only where the whole interval says so. */
export function judgeTarget({ low, high, confidence }: Interval, { bound, ratio }: Target): Verdict {
  if (confidence < neededConfidence) return 'not resolvable';
  const [isMet, isMissed] =
    bound === 'at least' ? [low >= ratio, high < ratio] : [high <= ratio, low > ratio];
  return isMet ? 'met' : isMissed ? 'missed' : 'not resolvable';
}
