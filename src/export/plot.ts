// One segment's distribution as text: latency across on a logarithmic axis, packets upwards on another,
// so that a single packet of the tail shows beside a hundred thousand ordinary ones.
import { hdr, highestValueOf, lowestValueOf } from '../measure/hdr.js';
import { decodeHistogram } from '../measure/histogram.js';
import { percentileName, percentilesIn } from '../measure/percentiles.js';
import type { SegmentLine } from '../measure/snapshot.js';
import { countText, shortLatencyText } from './latencyText.js';
import { paintFor } from './paint.js';
import { type LatencyAxis, latencyAxis } from './plotAxis.js';
import { markLines, tickLine } from './plotLabels.js';
import { clipped, printable } from './printable.js';

/** Below this many columns a distribution has too little room to be read. */
export const plotLeastWidth = 100;

/** Above this many it is no longer read at a glance. */
const plotMostWidth = 140;

const rowCount = 6;
const blocks = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const fullBlock = blocks.length - 1;
const markedPercentiles = [50, 99, 99.9];

/**
 * @param width columns of the terminal
 * @returns text that ends in a newline; empty without a sample, and below plotLeastWidth columns
 * @throws Error when the line's histogram can't be decoded
 */
export function distributionPlot(line: SegmentLine, width: number, color: boolean): string {
  const { minNs, maxNs } = line;
  if (width < plotLeastWidth || line.count === 0 || minNs === null || maxNs === null) return '';
  const margin = countText(line.count).length;
  const axis = latencyAxis(minNs, maxNs, Math.min(width, plotMostWidth) - margin - 2);
  const where = `${printable(line.device)} (${printable(line.netns)}) ${line.segment}`;
  const title = clipped(`${where}: packets by latency, both logarithmic`, width);
  const lines = [
    paintFor(color).strong(title),
    ...barLines(packetsByColumn(line.histogram, axis), margin),
    ...[axisLine(axis), ...tickLines(axis), ...marks(line, maxNs, axis)].map(
      (text) => ' '.repeat(margin + 1) + text,
    ),
  ];
  return `${lines.map((text) => text.trimEnd()).join('\n')}\n`;
}

/** Packets in each column of the axis; a bucket wider than a column is shared out. */
function packetsByColumn(histogram: string, axis: LatencyAxis): number[] {
  const decoded = decodeHistogram(histogram);
  const packets = new Array<number>(axis.width).fill(0);
  for (let index = 0; index < hdr.countsLength; index++) {
    const count = decoded.getCountAtIndex(index);
    if (count === 0) continue;
    const first = axis.columnOf(lowestValueOf(index));
    const end = Math.max(axis.columnOf(highestValueOf(index) + 1), first + 1);
    for (let column = first; column < end; column++) {
      packets[column] = (packets[column] ?? 0) + count / (end - first);
    }
  }
  return packets;
}

function barLines(packets: readonly number[], margin: number): string[] {
  const most = Math.max(...packets);
  const heights = packets.map((count) => heightOf(count, most));
  return Array.from({ length: rowCount }, (_, row) => {
    const below = (rowCount - 1 - row) * fullBlock;
    const bars = heights.map((height) => blocks[Math.max(0, Math.min(height - below, fullBlock))]);
    const scale = row === 0 ? countText(most) : '';
    return `${scale.padStart(margin)} ┤${bars.join('')}`;
  });
}

/** Eighths of a row; a column that has any packet shows. */
function heightOf(count: number, most: number): number {
  if (count === 0) return 0;
  return Math.max(1, Math.round((Math.log1p(count) / Math.log1p(most)) * rowCount * fullBlock));
}

function axisLine(axis: LatencyAxis): string {
  const ticks = new Set(axis.ticksNs.map(axis.columnOf));
  return `└${Array.from({ length: axis.width }, (_, column) => (ticks.has(column) ? '┬' : '─')).join('')}`;
}

function tickLines(axis: LatencyAxis): string[] {
  const labels = axis.ticksNs.map((ns) => ({ column: axis.columnOf(ns), text: roundLatencyText(ns) }));
  return [` ${tickLine(labels, axis.width)}`];
}

/** "20 µs" for "20.0 µs": a tick is exact. */
const roundLatencyText = (ns: number): string => shortLatencyText(ns).replace(/\.0+ /, ' ');

function marks(line: SegmentLine, maxNs: number, axis: LatencyAxis): string[] {
  const values = percentilesIn(line, markedPercentiles);
  const labels = [
    ...markedPercentiles.map((percentile, index) => ({
      name: percentileName(percentile),
      ns: values[index] ?? maxNs,
    })),
    { name: 'max', ns: maxNs },
  ].map(({ name, ns }) => ({ column: axis.columnOf(ns), text: `${name} ${shortLatencyText(ns)}` }));
  return markLines(labels, axis.width).map((text) => ` ${text}`);
}
