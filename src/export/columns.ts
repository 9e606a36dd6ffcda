// Text columns: chosen to fit a width, aligned, and cut off as the last resort.
import { clipped } from './printable.js';

export interface Column {
  readonly heading: string;
  readonly align: 'left' | 'right';
  /** Where columns don't fit, those with the least need go first; Infinity never goes. */
  readonly need: number;
  /** One a row; printable and unpainted. */
  readonly cells: readonly string[];
}

const gap = '  ';

const lengthOf = (text: string): number => [...text].length;

const widthOf = (column: Column): number => Math.max(...[column.heading, ...column.cells].map(lengthOf));

const totalWidthOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, column) => sum + widthOf(column) + gap.length, -gap.length);

/** The columns, in their order, that are left when the least needed have gone until the rest fits. */
export function fittingColumns(columns: readonly Column[], width: number): readonly Column[] {
  if (totalWidthOf(columns) <= width) return columns;
  const leastNeed = Math.min(...columns.map((column) => column.need));
  if (leastNeed === Number.POSITIVE_INFINITY) return columns;
  const leaving = columns.findLastIndex((column) => column.need === leastNeed);
  return fittingColumns(columns.toSpliced(leaving, 1), width);
}

/** The heading's line, then one a row, none longer than the width. */
export function columnLines(columns: readonly Column[], width: number): string[] {
  const padded = columns.map((column) => {
    const columnWidth = widthOf(column);
    return [column.heading, ...column.cells].map((text) => {
      const padding = ' '.repeat(columnWidth - lengthOf(text));
      return column.align === 'left' ? text + padding : padding + text;
    });
  });
  const rowCount = columns[0]?.cells.length ?? 0;
  return Array.from({ length: rowCount + 1 }, (_, row) =>
    clipped(
      padded
        .map((column) => column[row])
        .join(gap)
        .trimEnd(),
      width,
    ),
  );
}
