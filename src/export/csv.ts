// The snapshot as CSV (RFC 4180): one line a device and segment, units in the header's names.
import { percentileName, percentilesIn } from '../measure/percentiles.js';
import type { SegmentLine, Snapshot } from '../measure/snapshot.js';
import { printable } from './printable.js';
import { ratePerSecond } from './rate.js';

type Cell = string | number | null;

/**
 * @param percentiles the percentile columns, in this order
 * @returns a header and one record a device and segment, each one line ended by CR LF; null is an empty cell,
 *   and what a terminal would obey in a name is escaped as in the table
 */
export function snapshotCsv(snapshot: Snapshot, percentiles: readonly number[]): string {
  const header = [
    ...['device', 'netns', 'netns_inum', 'ifindex', 'kind', 'peer', 'segment', 'count', 'rate_per_second'],
    ...['min_ns', 'mean_ns', ...percentiles.map((p) => `${percentileName(p)}_ns`), 'max_ns'],
  ];
  const record = (line: SegmentLine): Cell[] => [
    ...[line.device, line.netns, line.netnsInum, line.ifindex, line.kind, line.peer, line.segment],
    ...[line.count, ratePerSecond(line.count, snapshot.durationSeconds)],
    ...[line.minNs, line.meanNs, ...percentilesIn(line, percentiles), line.maxNs],
  ];
  return [header, ...snapshot.segments.map(record)]
    .map((cells) => `${cells.map(field).join(',')}\r\n`)
    .join('');
}

function field(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const name = printable(cell);
  // A spreadsheet takes these for the start of a formula, and a device may be called "=1+1".
  const text = /^[=+\-@]/.test(name) ? `'${name}` : name;
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
