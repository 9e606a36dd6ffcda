// Percentiles as text, where there are packets enough for them.
import { shortLatencyText } from '../../export/latencyText.js';
import type { Figures } from '../../measure/snapshot.js';

/** In the order in which they are shown; `above`: the share of packets beyond it. */
const shown = {
  p50Ns: { name: 'p50', above: 0.5 },
  p90Ns: { name: 'p90', above: 0.1 },
  p99Ns: { name: 'p99', above: 0.01 },
  p999Ns: { name: 'p99.9', above: 0.001 },
  p9999Ns: { name: 'p99.99', above: 0.0001 },
  maxNs: { name: 'max', above: 1 },
} as const;

export type PercentileKey = keyof typeof shown;
export const percentileKeys = Object.keys(shown) as PercentileKey[];
export const percentileNames = Object.fromEntries(
  percentileKeys.map((key) => [key, shown[key].name]),
) as Record<PercentileKey, string>;

/** So many packets beyond it, or it is the place of a few. */
const leastBeyond = 10;

export const none = '–';
export const latency = (ns: number | null | undefined): string =>
  ns === null || ns === undefined ? none : shortLatencyText(ns);

/** Of p99.99, 100,000 packets; the greatest is known of any. */
export const isKnown = ({ count }: Pick<Figures, 'count'>, key: PercentileKey): boolean =>
  key === 'maxNs' || count * shown[key].above > leastBeyond - 1e-6;

export const percentileText = (figures: Figures | null | undefined, key: PercentileKey): string =>
  figures && isKnown(figures, key) ? latency(figures[key]) : none;
