// Holds what a case reports against its row of the table. Pure: reports in, the faults in words out.
import { imbalance } from '../../../src/measure/accounting.js';
import type { Segment } from '../../../src/measure/segments.js';
import type { AccountingLine } from '../../../src/measure/snapshot.js';
import type { TestKernel } from '../kernels.js';
import type { CaseReport, CasesReport } from './report.js';
import { type CaseName, type CaseRow, caseNames, type Expected, rowOf, type Stray } from './table.js';

/** How far the measured delay may be from the one that packets had by the kernel's own stamps. */
const delayTolerance = 0.03;
const nsPerMs = 1e6;

export function faultsOf({ cases, failures }: CasesReport, kernel: Pick<TestKernel, 'vethGro'>): string[] {
  const missing = caseNames.filter(
    (name) => !cases.some((one) => one.name === name) && !failures.some(([failed]) => failed === name),
  );
  const plain = caseOf({ cases }, 'plain');
  return [
    ...failures.map(([name, reason]) => `${name}: ${reason}`),
    ...missing.map((name) => `${name}: was not carried out`),
    ...cases.flatMap((one) => {
      const row = rowOf(one.name);
      const told = [
        ...caseFaults(one, row),
        ...(row.merges && (kernel.vethGro ?? true) ? mergeFaults(one) : []),
        ...(plain && row.delayMs && one === caseOf({ cases }, one.name)
          ? delayFaults(one, row.delayMs, plain)
          : []),
      ];
      return told.map((fault) => `${one.name}: ${fault}`);
    }),
  ];
}

function caseFaults(report: CaseReport, row: CaseRow): string[] {
  const { carried, segments, accounting, drops } = report;
  const { hasOthers = false, strays = [] } = row;
  const strayAt = ({ device, segment }: AccountingLine) =>
    strays.find((stray) => stray.device === device && stray.segment === segment);
  const isExpected = ({ device, segment }: { readonly device: string; readonly segment: Segment }) =>
    row.expected.some((expected) => expected.device === device && expected.segment === segment);
  return [
    ...(carried.received === carried.sent && carried.sent > 0
      ? []
      : [`${carried.sent} packets sent, ${carried.received} received`]),
    ...row.expected.flatMap((expected) => shareFaults(report, expected, hasOthers)),
    ...segments
      .filter((line) => !hasOthers && !isExpected(line))
      .map(({ device, segment, count }) => `${device} ${segment}: ${count} samples, where none can be`),
    ...segments
      .filter(({ maxNs }) => (maxNs ?? 0) > carried.longestNs)
      .map(
        ({ device, segment, maxNs }) => `${device} ${segment}: ${maxNs} ns, longer than ${carried.longestNs}`,
      ),
    ...accounting
      .filter((line) => !isRightLine(line, strayAt(line)))
      .map((line) => `accounting: ${JSON.stringify(line)}`),
    ...strays
      .filter((stray) => !accounting.some((line) => strayAt(line) === stray && line.unmatched > 0))
      .map(({ device, segment }) => `${device} ${segment}: nothing is unmatched, so it is another case`),
    // All have arrived, so nothing was dropped on the way; of others the last receiver's freeing counts as a drop.
    ...(hasOthers ? [] : drops).map((drop) => `dropped: ${JSON.stringify(drop)}`),
  ];
}

function mergeFaults(report: CaseReport): string[] {
  const packets = countOf(report, 'v1', 'backlog');
  const deliveries = report.carried.deliveries ?? 0;
  return deliveries * 2 > packets ? [`${packets} packets were merged into ${deliveries} only`] : [];
}

/** Every start has its sample, every end its start; where strays are known, only those kinds may be there. */
function isRightLine(line: AccountingLine, stray: Stray | undefined): boolean {
  if (imbalance(line) !== 0 || line.evicted > 0 || line.dropped > 0) return false;
  return (['unmatched', 'expired', 'inFlight'] as const).every(
    (kind) => line[kind] === 0 || stray?.kinds.includes(kind),
  );
}

function shareFaults(report: CaseReport, { device, segment, share }: Expected, hasOthers: boolean): string[] {
  const { received } = report.carried;
  const count = countOf(report, device, segment);
  const { started = 0 } =
    report.accounting.find((line) => line.device === device && line.segment === segment) ?? {};
  const isRight = {
    // What passed besides is counted too, so each start must have its sample.
    all: count === started && (hasOthers ? count > 0 : count === received),
    some: count > 0,
    none: count === 0,
  }[share];
  return isRight ? [] : [`${device} ${segment}: ${count} samples of ${received} packets`];
}

export const countOf = ({ segments }: CaseReport, device: string, segment: string): number =>
  segments.find((line) => line.device === device && line.segment === segment)?.count ?? 0;

const p50Of = ({ segments }: CaseReport, device: string, segment: string): number =>
  segments.find((line) => line.device === device && line.segment === segment)?.p50Ns ?? 0;

/**
 * The delay that packets really had, netem's timer being late as it may: by the kernel's own stamps, less what lies
 * between the two on a pair without netem.
 */
export function realDelayNs({ carried }: CaseReport, plain: CaseReport): number {
  return (carried.stampedNs ?? 0) - (plain.carried.stampedNs ?? 0);
}

function delayFaults(report: CaseReport, delayMs: number, plain: CaseReport): string[] {
  const delayNs = delayMs * nsPerMs;
  const realNs = realDelayNs(report, plain);
  const measuredNs = p50Of(report, 'v0', 'qdisc');
  const isNear = Math.abs(measuredNs - realNs) <= delayNs * delayTolerance;
  const elsewhere = report.segments
    .filter(({ segment }) => segment !== 'qdisc')
    .filter(
      ({ device, segment, p50Ns }) =>
        (p50Ns ?? 0) > 2 * p50Of(plain, device, segment) + delayNs * delayTolerance,
    );
  return [
    ...(realNs >= delayNs * (1 - delayTolerance)
      ? []
      : [`packets were delayed by ${realNs} ns, which is less than asked for`]),
    ...(isNear ? [] : [`qdisc of v0 has ${measuredNs} ns at p50, packets were delayed by ${realNs} ns`]),
    ...elsewhere.map(
      ({ device, segment, p50Ns }) => `the delay shows in ${device} ${segment} too: ${p50Ns} ns`,
    ),
  ];
}

/** Of several runs the one that was disturbed least, by the kernel's own stamps. */
export const caseOf = ({ cases }: Pick<CasesReport, 'cases'>, name: CaseName): CaseReport | undefined =>
  cases
    .filter((one) => one.name === name)
    .toSorted((a, b) => (a.carried.stampedNs ?? 0) - (b.carried.stampedNs ?? 0))[0];
