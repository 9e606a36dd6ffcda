// The columns of figures that a table of segments and one of legs share.
import { percentileName, percentilesIn } from '../measure/percentiles.js';
import type { Figures } from '../measure/snapshot.js';
import type { Column } from './columns.js';
import { countText, latencyText } from './latencyText.js';
import { ratePerSecond } from './rate.js';

/** What a narrow terminal gives up first has the least need. */
export const needs = {
  min: 1,
  rate: 3,
  packets: 7,
  netns: 10,
  device: Number.POSITIVE_INFINITY,
  always: Number.POSITIVE_INFINITY,
} as const;

const percentileNeeds: ReadonlyMap<number, number> = new Map([
  [90, 2],
  [99.99, 4],
  [99.9, 6],
  [50, 8],
  [99, 9],
]);

const needOf = (percentile: number): number => percentileNeeds.get(percentile) ?? 5;

/**
 * Packets, their rate, and their latencies from the least to the greatest.
 * @param durationSeconds null: no rate can be told
 */
export function figureColumns(
  lines: readonly Figures[],
  percentiles: readonly number[],
  durationSeconds: number | null,
): Column[] {
  const values = lines.map((line) => percentilesIn(line, percentiles));
  return [
    count('packets', needs.packets, lines),
    ...(durationSeconds === null ? [] : [rateColumn(lines, durationSeconds)]),
    latency(
      'min',
      needs.min,
      lines.map((line) => line.minNs),
    ),
    ...percentiles.map((percentile, index) =>
      latency(
        percentileName(percentile),
        needOf(percentile),
        values.map((row) => row[index] ?? null),
      ),
    ),
    latency(
      'max',
      needs.always,
      lines.map((line) => line.maxNs),
    ),
  ];
}

const count = (heading: string, need: number, lines: readonly Figures[]): Column => ({
  heading,
  align: 'right',
  need,
  cells: lines.map((line) => countText(line.count)),
});

const latency = (heading: string, need: number, ns: readonly (number | null)[]): Column => ({
  heading,
  align: 'right',
  need,
  cells: ns.map(latencyText),
});

const rateColumn = (lines: readonly Figures[], durationSeconds: number): Column => ({
  heading: 'rate/s',
  align: 'right',
  need: needs.rate,
  cells: lines.map((line) => rateText(line.count, durationSeconds)),
});

const rateText = (packets: number, seconds: number): string => {
  const rate = ratePerSecond(packets, seconds);
  return rate === null ? '-' : countText(rate);
};
