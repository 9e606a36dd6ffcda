// A result as a table for the terminal: a row a path.
import { countText } from '../../export/latencyText.js';
import { printable } from '../../export/printable.js';
import { lossShareOf } from '../result/counted.js';
import type { BenchResult, PathResult } from '../result/schema.js';
import { percentileText } from './percentiles.js';
import { journeysText, summaryOf } from './summary.js';
import { boundText, tools } from './tables.js';

const heading = ['path', 'no drop', '0.5 % drop', 'lost at rate', 'p50', 'p99', 'p99.9', 'max'];

export function benchText(result: BenchResult): string {
  const { load } = result.plan;
  const generator = result.generator?.ceilingPacketsPerSecond.median ?? null;
  const { title, heading: toolHeading, rows: toolRows } = tools(result);
  return `${[
    `Packets a second; latency from scheduled send to the receiving socket at ${countText(load.packetsPerSecond)} packets a second`,
    ...aligned([heading, ...result.paths.map(rowOf)]),
    `The generator alone: ${generator === null ? 'not measured' : countText(Math.round(generator))} packets a second`,
    ...[journeysText(result) ?? []].flat(),
    ...summaryOf(result).warnings.map(printable),
    ...(toolRows.length === 0 ? [] : [`${title}:`, ...aligned([toolHeading, ...toolRows])]),
  ].join('\n')}\n`;
}

/** The first column to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const texts = rows.map((row) => row.map(printable));
  const widths =
    texts[0]?.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0))) ?? [];
  return texts.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  );
}

function rowOf({ path, ceiling, tail }: PathResult): string[] {
  const lossShare = tail ? lossShareOf(tail.atRate) : null;
  const times = (['p50Ns', 'p99Ns', 'p999Ns', 'maxNs'] as const).map((key) =>
    percentileText(tail?.atRate.endToEnd, key),
  );
  const lostText = lossShare === null ? '–' : `${(lossShare * 100).toFixed(2)} %`;
  return [path, boundText(ceiling?.noDrop), boundText(ceiling?.partialDrop), lostText, ...times];
}
