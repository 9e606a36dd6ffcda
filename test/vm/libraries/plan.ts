// The newest libbpf where fentry and kprobes are allowed: on hosts that refuse both, no test sees it attach one.
import { hookNames } from '../../../src/kernel/hooks.js';
import { segments } from '../../../src/measure/segments.js';
import { findLibrary } from '../../libbpf/cachedLibrary.js';
import { tableOf } from '../markdown.js';
import type { KernelReports, Plan } from '../plan.js';
import { measuredOf, mechanismsOf } from '../rounds/tables.js';
import { faultsOf } from './faults.js';
import type { LibrariesReport } from './report.js';

const suite = 'sid';

export const libraries: Plan<LibrariesReport> = {
  name: 'libraries',
  heading: 'Newest libbpf',
  boots: [{ variant: suite }],
  series: ['6.12'],
  librariesOf: suite,
  limitSeconds: 200,
  isInNpmTest: false,
  faultsOf: (reports, kernel) =>
    reports.flatMap((report) => faultsOf(report, findLibrary(suite)?.version ?? null, kernel)),
  section,
};

function section(kernels: readonly KernelReports<LibrariesReport>[]): string {
  const columns = kernels.flatMap(({ kernel, reports }) => reports.map((report) => ({ kernel, ...report })));
  const rows = [
    ...hookNames.map((hook) => [hook, ...columns.map(({ rounds }) => mechanismsOf(rounds, hook))]),
    ...segments.map(({ name }) => [`\`${name}\``, ...columns.map(({ rounds }) => measuredOf(rounds, name))]),
  ];
  return [
    'The hooks and segments of above once more, with the libbpf and the C library of the newest Debian in the place of those of the host.',
    '',
    ...tableOf(['', ...columns.map(({ kernel, libbpf }) => `${kernel}, libbpf ${libbpf}`)], rows),
  ].join('\n');
}
