// The snapshot for people: a table of latencies, the drops, and what to know about both.
import type { DeviceLabels, DropLine, LegLine, SegmentLine, Snapshot } from '../measure/snapshot.js';
import { type Column, columnLines, fittingColumns } from './columns.js';
import { figureColumns, needs } from './figureColumns.js';
import { countText } from './latencyText.js';
import { type Paint, paintFor } from './paint.js';
import { clipped, printable } from './printable.js';
import { remarkLines } from './remarks.js';
import { shownLines, spansNamespaces } from './rows.js';

export interface TableOptions {
  /** The percentile columns, in this order. */
  readonly percentiles: readonly number[];
  /** Whether a rate can be told: not where devices had their traffic one after the other. */
  readonly withRate?: boolean;
  /** Columns of the terminal; Infinity where there is none. */
  readonly width: number;
  readonly color: boolean;
  /** Which segments, in which order; all of them, device by device, where none are named. */
  readonly lines?: readonly SegmentLine[];
}

/** A name may be 255 bytes long, and each of them printed as four characters. */
const longestName = 40;

/** Text that ends in a newline; segments without a sample are left out of the table. */
export function snapshotTable(
  snapshot: Snapshot,
  { percentiles, width, color, withRate = true, lines = shownLines(snapshot) }: TableOptions,
): string {
  const paint = paintFor(color);
  const withNetns = spansNamespaces([...lines, ...snapshot.drops]);
  const blocks = [
    lines.length === 0
      ? emptyLines(snapshot)
      : tableLines(
          [
            ...deviceColumns(lines, withNetns),
            segmentColumn(lines),
            ...figureColumns(lines, percentiles, withRate ? snapshot.durationSeconds : null),
          ],
          width,
          paint,
        ),
    snapshot.legs.length === 0
      ? []
      : tableLines(
          [...legColumns(snapshot.legs, withNetns), ...figureColumns(snapshot.legs, percentiles, null)],
          width,
          paint,
        ),
    snapshot.drops.length === 0 ? [] : tableLines(dropColumns(snapshot.drops, withNetns), width, paint),
    remarkLines(snapshot, paint),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function tableLines(columns: readonly Column[], width: number, paint: Paint): string[] {
  const [heading = '', ...rows] = columnLines(fittingColumns(columns, width), width);
  return [paint.strong(heading), ...rows];
}

/** A device's name stands on the first of its rows; its namespace is shown where there is more than one. */
function deviceColumns(lines: readonly Labelled[], withNetns: boolean): Column[] {
  const column = (heading: 'device' | 'netns'): Column => ({
    heading,
    align: 'left',
    need: needs[heading],
    cells: lines.map((line, row) =>
      isSameDevice(line, lines[row - 1]) ? '' : clipped(printable(line[heading]), longestName),
    ),
  });
  return withNetns ? [column('device'), column('netns')] : [column('device')];
}

/** Drops are counted by name alone; in the table a name that is used again stands for another device. */
type Labelled = DeviceLabels & { readonly ifindex?: number };

const isSameDevice = (a: Labelled, b: Labelled | undefined): boolean =>
  a.device === b?.device && a.netns === b.netns && a.ifindex === b.ifindex;

const segmentColumn = (lines: readonly SegmentLine[]): Column => ({
  heading: 'segment',
  align: 'left',
  need: needs.always,
  cells: lines.map((line) => line.segment),
});

/** "netns/name", or the name alone where all are in one namespace. */
function legColumns(legs: readonly LegLine[], withNetns: boolean): Column[] {
  const column = (heading: 'from' | 'to' | 'leg'): Column => ({
    heading,
    align: 'left',
    need: needs.always,
    cells: legs.map((line) => {
      const text = withNetns || heading === 'leg' ? line[heading] : line[heading].replace(/^.*?\//, '');
      return clipped(printable(text), longestName);
    }),
  });
  return [column('from'), column('to'), column('leg')];
}

function dropColumns(drops: readonly DropLine[], withNetns: boolean): Column[] {
  return [
    ...deviceColumns(drops, withNetns),
    {
      heading: 'drop reason',
      align: 'left',
      need: needs.always,
      cells: drops.map((d) => printable(d.reason)),
    },
    { heading: 'packets', align: 'right', need: needs.always, cells: drops.map((d) => countText(d.count)) },
  ];
}

const emptyLines = ({ durationSeconds }: Snapshot): string[] => [
  `No packet was measured in ${Number(durationSeconds.toPrecision(3))} s on any device. Check that`,
  '  traffic crosses a veth, tap or tun device while vifscope measures (ip -s link),',
  '  --device, if given, matches one of these devices (ip -br link),',
  '  every hook is attached (vifscope doctor).',
];
