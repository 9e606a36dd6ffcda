// Percentiles by HdrHistogram's rule: of samples, and of a leg.
import { decodeHistogram, percentileOf as percentileIn } from '../../../src/measure/histogram.js';
import type { LegLine } from '../../../src/measure/snapshot.js';

/** The rank of a percentile as HdrHistogram has it: so many per cent of the samples do not exceed the one there. */
export const rankOf = (percentile: number, samples: number): number =>
  Math.max(1, Math.ceil((percentile / 100) * samples - 1e-9));

/** @param sortedNs ascending */
export const percentileOf = (sortedNs: readonly number[], percentile: number): number =>
  sortedNs[rankOf(percentile, sortedNs.length) - 1] ?? Number.NaN;

/**
 * What a percentile of `counted` samples can be, each of them one of those that lie between `least` and `most` and whose
 * ranks are known; the others, few, were not counted, and may have been any.
 */
export function percentileBetween(
  least: readonly number[],
  most: readonly number[],
  percentile: number,
  counted: number,
): { readonly leastNs: number; readonly mostNs: number } {
  const [leastSorted, mostSorted] = [least, most].map((all) => all.toSorted((a, b) => a - b));
  const rank = rankOf(percentile, counted);
  const leastNs = leastSorted?.[rank - 1] ?? Number.NaN;
  const mostNs = mostSorted?.[rank - 1 + most.length - counted] ?? Number.NaN;
  return { leastNs, mostNs };
}

/** Whole ns; HdrHistogram's rule, so up to 0.8 % above the sample itself. */
export function percentilesOf(
  { histogram, minNs, maxNs }: LegLine,
  percentiles: readonly number[],
): number[] {
  const decoded = decodeHistogram(histogram);
  return percentiles.map((percentile) => percentileIn(decoded, percentile, minNs, maxNs) ?? Number.NaN);
}
