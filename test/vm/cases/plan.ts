// Kinds of traffic: what is measured of each, what can't be, and that the books balance.
import { tableOf } from '../markdown.js';
import type { KernelReports, Plan } from '../plan.js';
import { caseOf, countOf, faultsOf, realDelayNs } from './faults.js';
import type { CaseReport, CasesReport } from './report.js';
import { type CaseName, caseNames, rowOf } from './table.js';

export const cases: Plan<CasesReport> = {
  name: 'cases',
  heading: 'Kinds of traffic',
  boots: [{ variant: 'all' }],
  limitSeconds: 300,
  // It takes a minute and a half; all kernels are tried by CI.
  isInNpmTest: false,
  faultsOf: (reports, kernel) => reports.flatMap((report) => faultsOf(report, kernel)),
  section,
};

const nsPerMs = 1e6;

function section(kernels: readonly KernelReports<CasesReport>[]): string {
  const heads = ['traffic', ...kernels.map(({ kernel }) => kernel)];
  const rows = caseNames.map((name) => [
    rowOf(name).title,
    ...kernels.map(({ reports }) => reports.map((report) => cellOf(report, name)).join('; ')),
  ]);
  const strays = caseNames.flatMap((name) => {
    const { title, strays: found = [] } = rowOf(name);
    return found.map(({ device, segment, why }) => `- ${title}: \`${segment}\` of ${device}: ${why}.`);
  });
  return [
    "The segments that every packet of the case was measured in, by device; after a plus sign what was counted and not measured. Every line of the accounting adds up, and no sample is longer than the case itself has timed a burst of packets from end to end. Of netem: what `qdisc` says at p50, and in brackets the delay by the kernel's own stamps, SO_TIMESTAMPING, of the same packets; of three runs the one that was disturbed least, by these stamps.",
    '',
    ...tableOf(heads, rows),
    '',
    'What can not be measured:',
    '',
    ...strays,
  ].join('\n');
}

function cellOf(report: CasesReport, name: CaseName): string {
  const found = caseOf(report, name);
  const plain = caseOf(report, 'plain');
  if (!found) return 'failed';
  if (rowOf(name).delayMs && plain) {
    const p50Ns = found.segments.find(({ segment }) => segment === 'qdisc')?.p50Ns ?? 0;
    return `${msOf(p50Ns)} (${msOf(realDelayNs(found, plain))}) ms`;
  }
  return [...measuredOf(found), ...mergedTexts(found), ...strayTexts(found)].join(', ');
}

const msOf = (ns: number): string => (ns / nsPerMs).toPrecision(4);

function measuredOf({ segments }: CaseReport): string[] {
  const devices = [...new Set(segments.map(({ device }) => device))];
  return devices.map(
    (device) =>
      `${device} ${segments
        .filter((line) => line.device === device)
        .map(({ segment }) => segment)
        .join(' ')}`,
  );
}

function mergedTexts(report: CaseReport): string[] {
  const { name, carried } = report;
  if (!rowOf(name).merges || carried.deliveries === null) return [];
  const packets = countOf(report, 'v1', 'backlog');
  return [carried.deliveries < packets ? `${packets} merged into ${carried.deliveries}` : 'not merged'];
}

const strayTexts = ({ accounting }: CaseReport): string[] =>
  accounting.flatMap(({ device, segment, unmatched, expired, inFlight }) =>
    [
      [unmatched, 'unmatched'],
      [expired, 'expired'],
      [inFlight, 'in flight'],
    ]
      .filter(([count]) => Number(count) > 0)
      .map(([count, what]) => `+ ${device} ${segment}: ${count} ${what}`),
  );
