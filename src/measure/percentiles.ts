// Percentiles by choice: reading `--percentiles`, their names, and their values in any figures.
import { decodeHistogram, percentileOf } from './histogram.js';
import { optionError } from './optionText.js';
import type { Figures } from './snapshot.js';

/** The percentiles that every line of a snapshot carries, and where. */
const carried = [
  { percentile: 50, field: 'p50Ns' },
  { percentile: 90, field: 'p90Ns' },
  { percentile: 99, field: 'p99Ns' },
  { percentile: 99.9, field: 'p999Ns' },
  { percentile: 99.99, field: 'p9999Ns' },
] as const satisfies readonly { percentile: number; field: keyof Figures }[];

/** What is shown where the user asks for nothing else. */
export const defaultPercentiles: readonly number[] = carried.map((c) => c.percentile);

/** "p99.9", the name in headings, thresholds and columns. */
export const percentileName = (percentile: number): string => `p${percentile}`;

/** A percentile from text such as "99.9" or "p99.9"; null unless it is above 0 and at most 100. */
export function percentileFrom(text: string): number | null {
  const digits = /^p?(\d+(?:\.\d+)?)$/.exec(text.trim())?.[1];
  const percentile = Number(digits);
  return percentile > 0 && percentile <= 100 ? percentile : null;
}

/**
 * Reads `--percentiles 50,99.9`.
 * @returns percentiles in ascending order, each once
 * @throws VifscopeError USAGE
 */
export function parsePercentiles(text: string): number[] {
  const percentiles = text.split(',').map((part) => {
    const percentile = percentileFrom(part);
    if (percentile !== null) return percentile;
    const reason = `"${part.trim()}" is not a percentile above 0 and up to 100`;
    throw optionError('--percentiles', text, reason, '50,99,99.9');
  });
  return [...new Set(percentiles)].sort((a, b) => a - b);
}

/**
 * The values of these percentiles; one that the figures don't carry is read from their histogram.
 * @returns whole ns in the order of percentiles, all null without a sample
 */
export function percentilesIn(figures: Figures, percentiles: readonly number[]): (number | null)[] {
  const { histogram, minNs, maxNs } = figures;
  let decoded: ReturnType<typeof decodeHistogram> | undefined;
  return percentiles.map((percentile) => {
    const field = carried.find((c) => c.percentile === percentile)?.field;
    if (field !== undefined) return figures[field];
    decoded ??= decodeHistogram(histogram);
    return percentileOf(decoded, percentile, minNs, maxNs);
  });
}
