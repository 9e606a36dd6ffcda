// An interval as `vifscope top` shows it: the longest tails first, and no more of them than the terminal has lines for.
import { stripVTControlCharacters } from 'node:util';
import type { SegmentLine, Snapshot } from '../measure/snapshot.js';
import { clockText } from './clockText.js';
import { countText } from './latencyText.js';
import { paintFor } from './paint.js';
import { printable } from './printable.js';
import { shownLines } from './rows.js';
import { snapshotTable, type TableOptions } from './table.js';

/** By which the lines stand, the greatest first; by device: as in a snapshot. */
export const frameOrders = ['p50', 'p99', 'p99.9', 'max', 'packets', 'device'] as const;
export type FrameOrder = (typeof frameOrders)[number];

export interface FrameOptions extends Pick<TableOptions, 'percentiles' | 'width' | 'color'> {
  /** Lines of the terminal; Infinity where there is none. */
  readonly height: number;
  readonly order: FrameOrder;
}

const figureOf: Readonly<Record<FrameOrder, (line: SegmentLine) => number | null>> = {
  p50: (line) => line.p50Ns,
  p99: (line) => line.p99Ns,
  'p99.9': (line) => line.p999Ns,
  max: (line) => line.maxNs,
  packets: (line) => line.count,
  device: () => 0,
};

/** Lines that take no more than the terminal's, each ended by a newline; the last one of the terminal stays free. */
export function frameOf(snapshot: Snapshot, { height, order, ...options }: FrameOptions): string {
  const value = figureOf[order];
  const sorted = shownLines(snapshot).toSorted((a, b) => (value(b) ?? 0) - (value(a) ?? 0));
  const room = height - 1;
  const withLines = (shown: number): string => {
    const lines = sorted.slice(0, shown);
    const heading = paintFor(options.color).strong(headingOf(snapshot, sorted.length, shown));
    return `${heading}\n${snapshotTable(snapshot, { ...options, lines })}`;
  };
  const whole = withLines(sorted.length);
  const excess = heightOf(whole, options.width) - room;
  if (excess <= 0) return whole;
  const fitting = withLines(Math.max(1, sorted.length - excess));
  return firstLines(fitting, room, options.width);
}

function headingOf({ startedAt, durationSeconds, host }: Snapshot, lines: number, shown: number): string {
  const ended = new Date(Date.parse(startedAt) + durationSeconds * 1_000).toISOString();
  const which =
    shown < lines
      ? `the first ${countText(shown)} of ${countText(lines)} segments`
      : `${countText(lines)} segments`;
  return `${clockText(ended)}  ${printable(host.hostname)}  ${which} in ${durationSeconds.toFixed(2)} s`;
}

/** A line that is too long goes on in the next. */
const linesTaken = (line: string, width: number): number =>
  Math.max(1, Math.ceil([...stripVTControlCharacters(line)].length / width));

const heightOf = (text: string, width: number): number =>
  text
    .trimEnd()
    .split('\n')
    .reduce((sum, line) => sum + linesTaken(line, width), 0);

/** Remarks alone can be too long for a small terminal. */
function firstLines(text: string, height: number, width: number): string {
  const kept: string[] = [];
  let taken = 0;
  for (const line of text.trimEnd().split('\n')) {
    taken += linesTaken(line, width);
    if (taken > height) break;
    kept.push(line);
  }
  return `${kept.join('\n')}\n`;
}
