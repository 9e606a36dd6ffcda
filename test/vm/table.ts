// The reports of all kernels as two tables in Markdown: kernel by hook, and kernel by segment.
import { hookNames } from '../../src/kernel/hooks.js';
import { segments } from '../../src/measure/segments.js';
import type { RoundName, VmReport } from './protocol.js';

export function kernelTables(reports: readonly VmReport[]): string {
  const hookRows = hookNames.map((hook) => [hook, ...reports.map((report) => mechanismsOf(report, hook))]);
  const segmentRows = segments.map(({ name }) => [
    name,
    ...reports.map((report) => measuredOf(report, name)),
  ]);
  const kernels = reports.map(({ kernel }) => kernel);
  return [
    ...tableOf(['hook', ...kernels], hookRows),
    '',
    ...tableOf(['segment', ...kernels], segmentRows),
    '',
  ].join('\n');
}

function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = heads.map((head, column) =>
    Math.max(...[head, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [heads, widths.map((width) => '-'.repeat(width)), ...rows].map(line);
}

/** Every mechanism that served the hook in some round, best first: "fentry, kprobe". */
function mechanismsOf({ rounds }: VmReport, hook: string): string {
  const found = rounds.flatMap((round) => round.hooks.find((line) => line.hook === hook)?.mechanism ?? []);
  return [...new Set(found)].join(', ') || 'none';
}

/** The kinds of device on which the segment was measured; inject once for each mechanism that it can use. */
function measuredOf(report: VmReport, segment: string): string {
  if (segment !== 'inject') return kindsOf(report, segment, 'best mechanism');
  const found = report.rounds.map((round) => {
    const mechanism = round.hooks.find(({ hook }) => hook === 'tun_get_user')?.mechanism ?? 'none';
    return `${mechanism}: ${kindsOf(report, segment, round.name)}`;
  });
  return [...new Set(found)].join('; ') || 'no';
}

function kindsOf({ rounds }: VmReport, segment: string, roundName: RoundName): string {
  const lines = rounds.find(({ name }) => name === roundName)?.segments ?? [];
  const kinds = lines.filter((line) => line.segment === segment && line.count > 0).map(({ kind }) => kind);
  return [...new Set(kinds)].sort().join(', ') || 'no';
}
