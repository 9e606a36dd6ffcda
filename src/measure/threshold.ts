// Thresholds of `--fail-above`: which figure must not exceed which latency, on which segment.
// In: option text, and a snapshot. Out: what in the snapshot exceeds them.
import { optionError, scaledNumber } from './optionText.js';
import { percentileFrom, percentileName, percentilesIn } from './percentiles.js';
import { type Segment, segments } from './segments.js';
import { type Figures, type LegLine, legs, type SegmentLine, type Snapshot } from './snapshot.js';

/** The figure that is compared. */
export type Statistic =
  | { readonly kind: 'max' }
  | { readonly kind: 'mean' }
  | { readonly kind: 'percentile'; readonly percentile: number };

export interface Threshold {
  /** The one segment or leg that it is for, or null for all segments. */
  readonly of: Segment | LegLine['leg'] | null;
  readonly statistic: Statistic;
  readonly limitNs: number;
}

/** One device and segment, or one leg between two devices, that exceeds a threshold. */
export interface Violation {
  readonly threshold: Threshold;
  readonly line: SegmentLine | LegLine;
  readonly valueNs: number;
}

const nsOf: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  // Two code points look alike: the micro sign and the Greek letter.
  ['\u00b5s', 1e3],
  ['\u03bcs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
]);

/** Reads `200us`, `5ms`. @returns ns from 0, or null for what is no latency */
export const latencyNs = (text: string): number | null => scaledNumber(text, nsOf);

/**
 * Reads `p99=1ms`, `max=20ms`, `mean=300us`, or with a segment or leg before it, `ring:p99.9=5ms`.
 * @throws VifscopeError USAGE
 */
export function parseThreshold(text: string): Threshold {
  const refuse = (reason: string) => optionError('--fail-above', text, reason, 'p99=1ms or ring:max=20ms');
  const parts = /^(?:([^:=]*):)?([^:=]*)=([^:=]*)$/.exec(text);
  if (parts === null) throw refuse('a threshold is a figure, "=" and a latency');
  const [, ofText, statisticText = '', limitText = ''] = parts;

  const known = [...segments.map(({ name }) => name), ...legs];
  const of = known.find((name) => name === ofText?.trim()) ?? null;
  if (ofText !== undefined && of === null)
    throw refuse(`there is no segment "${ofText}", only ${known.join(', ')}`);
  const statistic = statisticFrom(statisticText.trim());
  if (statistic === null)
    throw refuse(`"${statisticText}" is none of max, mean and the percentiles up to p100`);
  const limitNs = latencyNs(limitText);
  if (limitNs === null) throw refuse(`"${limitText}" is not a latency in ns, us, ms or s`);
  return { of, statistic, limitNs };
}

function statisticFrom(text: string): Statistic | null {
  if (text === 'max' || text === 'mean') return { kind: text };
  const percentile = text.startsWith('p') ? percentileFrom(text) : null;
  return percentile === null ? null : { kind: 'percentile', percentile };
}

/** "p99", "max" or "mean". */
export const statisticName = (statistic: Statistic): string =>
  statistic.kind === 'percentile' ? percentileName(statistic.percentile) : statistic.kind;

/** Every line above one of the thresholds; one without a sample exceeds nothing. */
export function violationsIn(snapshot: Snapshot, thresholds: readonly Threshold[]): Violation[] {
  return thresholds.flatMap((threshold) =>
    [
      ...snapshot.segments.filter(({ segment }) => threshold.of === null || segment === threshold.of),
      ...snapshot.legs.filter(({ leg }) => leg === threshold.of),
    ]
      .map((line) => ({ threshold, line, valueNs: statisticOf(line, threshold.statistic) ?? 0 }))
      .filter(({ valueNs }) => valueNs > threshold.limitNs),
  );
}

function statisticOf(figures: Figures, statistic: Statistic): number | null {
  switch (statistic.kind) {
    case 'max':
      return figures.maxNs;
    case 'mean':
      return figures.meanNs;
    case 'percentile':
      return percentilesIn(figures, [statistic.percentile])[0] ?? null;
  }
}
