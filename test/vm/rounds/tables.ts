// The reports of all kernels as tables in Markdown: kernel by hook, kernel by segment, and how they are measured.
import { shortLatencyText } from '../../../src/export/latencyText.js';
import { hookNames } from '../../../src/kernel/hooks.js';
import { type DeviceKind, segments } from '../../../src/measure/segments.js';
import { tableOf } from '../markdown.js';
import type { KernelReports } from '../plan.js';
import { injectedKinds, injectMedianOf } from './medians.js';
import type { Round, RoundName, RoundsReport } from './report.js';

export function kernelTables(kernels: readonly KernelReports<RoundsReport>[]): string {
  const columns = kernels.flatMap(({ reports }) => reports);
  const heads = kernels.map(({ kernel }) => kernel);
  const hookRows = hookNames.map((hook) => [hook, ...columns.map((report) => mechanismsOf(report, hook))]);
  const segmentRows = segments.map(({ name }) => [
    name,
    ...columns.map((report) => measuredOf(report, name)),
  ]);
  return [
    ...tableOf(['hook', ...heads], hookRows),
    '',
    ...tableOf(['segment', ...heads], segmentRows),
    '',
    'What `inject` says at p50 by each mechanism, under the same load in the same boot, of an emulated CPU; where both are the same mechanism they show the noise. One that is more than five times the other fails the run:',
    '',
    ...tableOf(
      ['device', ...heads],
      injectedKinds.map((kind) => [kind, ...columns.map((report) => injectMedians(report, kind))]),
    ),
    '',
    ...tableOf(['', ...heads], [['packets are claimed by', ...columns.map(({ claiming }) => claiming)]]),
  ].join('\n');
}

/** Every mechanism that served the hook in some round, best first: "fentry, kprobe". */
export function mechanismsOf({ rounds }: RoundsReport, hook: string): string {
  const found = rounds.flatMap((round) => round.hooks.find((line) => line.hook === hook)?.mechanism ?? []);
  return [...new Set(found)].join(', ') || 'none';
}

/** The kinds of device on which the segment was measured; inject once for each mechanism that it can use. */
export function measuredOf(report: RoundsReport, segment: string): string {
  if (segment !== 'inject') return kindsOf(report, segment, 'best mechanism');
  const found = report.rounds.map(
    (round) => `${injectMechanismOf(round)}: ${kindsOf(report, segment, round.name)}`,
  );
  return [...new Set(found)].join('; ') || 'no';
}

const injectMechanismOf = ({ hooks }: Round): string =>
  hooks.find(({ hook }) => hook === 'tun_get_user')?.mechanism ?? 'none';

/** Of the rounds whose reader keeps up: "fentry 9.13 µs, kprobe 9.46 µs". */
function injectMedians({ rounds }: RoundsReport, kind: DeviceKind): string {
  const medians = rounds
    .filter(({ name }) => name !== 'stopped reader')
    .flatMap((round) => {
      const p50Ns = injectMedianOf(round, kind);
      return p50Ns === null ? [] : [`${injectMechanismOf(round)} ${shortLatencyText(p50Ns)}`];
    });
  return medians.join(', ') || 'none';
}

function kindsOf({ rounds }: RoundsReport, segment: string, roundName: RoundName): string {
  const lines = rounds.find(({ name }) => name === roundName)?.segments ?? [];
  const kinds = lines.filter((line) => line.segment === segment && line.count > 0).map(({ kind }) => kind);
  return [...new Set(kinds)].sort().join(', ') || 'no';
}
