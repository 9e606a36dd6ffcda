// The least capabilities by mechanism and kernel, as a table in Markdown.
import { tableOf } from '../markdown.js';
import type { KernelReports } from '../plan.js';
import { leastSets, setsText } from './least.js';
import { paranoidLevels, type RightsReport, type Use } from './report.js';

const rows: readonly (readonly [title: string, use: Use])[] = [
  ['tracepoints (tp_btf)', 'tp_btf'],
  ['fentry on functions of tun, a module', 'fentry'],
  ['kprobe on the same', 'kprobe'],
  ['maps, under a hard limit of 64 KiB of locked memory', 'maps'],
];

export function rightsTable(kernels: readonly KernelReports<RightsReport>[]): string {
  const columns = kernels.flatMap(({ reports }) => reports);
  return [
    "The least that each mechanism takes, tried as an ordinary user with `kernel.unprivileged_bpf_disabled=2`; 2 and 3 are values of `kernel.perf_event_paranoid`, where they differ (3 is Debian's default). To measure takes tracepoints and maps; fentry or kprobes add segment `inject`.",
    '',
    ...tableOf(
      ['mechanism', ...kernels.map(({ kernel }) => kernel)],
      rows.map(([title, use]) => [title, ...columns.map((report) => cellOf(use, report))]),
    ),
  ].join('\n');
}

function cellOf(use: Use, report: RightsReport): string {
  if (report.root.find((trial) => trial.use === use)?.refusal !== null) return 'refused to root';
  if (use === 'maps') return setsText(leastSets({ use }, report));
  const texts = paranoidLevels.map((paranoid) => setsText(leastSets({ use, paranoid }, report)));
  return new Set(texts).size === 1
    ? `${texts[0]}`
    : texts.map((text, index) => `${paranoidLevels[index]}: ${text}`).join('; ');
}
