// The reports of all kernels as two tables in Markdown: kernel by hook, and kernel by segment.
import { hookNames } from '../../../src/kernel/hooks.js';
import { segments } from '../../../src/measure/segments.js';
import { tableOf } from '../markdown.js';
import type { KernelReports } from '../plan.js';
import type { RoundName, RoundsReport } from './report.js';

export function kernelTables(kernels: readonly KernelReports<RoundsReport>[]): string {
  const columns = kernels.flatMap(({ reports }) => reports);
  const heads = kernels.map(({ kernel }) => kernel);
  const hookRows = hookNames.map((hook) => [hook, ...columns.map((report) => mechanismsOf(report, hook))]);
  const segmentRows = segments.map(({ name }) => [
    name,
    ...columns.map((report) => measuredOf(report, name)),
  ]);
  return [
    '## Hooks and segments',
    '',
    ...tableOf(['hook', ...heads], hookRows),
    '',
    ...tableOf(['segment', ...heads], segmentRows),
    '',
    ...tableOf(['', ...heads], [['packets are claimed by', ...columns.map(({ claiming }) => claiming)]]),
  ].join('\n');
}

/** Every mechanism that served the hook in some round, best first: "fentry, kprobe". */
function mechanismsOf({ rounds }: RoundsReport, hook: string): string {
  const found = rounds.flatMap((round) => round.hooks.find((line) => line.hook === hook)?.mechanism ?? []);
  return [...new Set(found)].join(', ') || 'none';
}

/** The kinds of device on which the segment was measured; inject once for each mechanism that it can use. */
function measuredOf(report: RoundsReport, segment: string): string {
  if (segment !== 'inject') return kindsOf(report, segment, 'best mechanism');
  const found = report.rounds.map((round) => {
    const mechanism = round.hooks.find(({ hook }) => hook === 'tun_get_user')?.mechanism ?? 'none';
    return `${mechanism}: ${kindsOf(report, segment, round.name)}`;
  });
  return [...new Set(found)].join('; ') || 'no';
}

function kindsOf({ rounds }: RoundsReport, segment: string, roundName: RoundName): string {
  const lines = rounds.find(({ name }) => name === roundName)?.segments ?? [];
  const kinds = lines.filter((line) => line.segment === segment && line.count > 0).map(({ kind }) => kind);
  return [...new Set(kinds)].sort().join(', ') || 'no';
}
