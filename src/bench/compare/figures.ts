// The figures by which two results are compared, each with its repeats.
import type { BenchResult, PathResult } from '../result/schema.js';

export type Unit = 'packets/s' | 'ns';

export interface ComparedFigure {
  readonly path: string;
  readonly name: string;
  readonly unit: Unit;
  readonly isMoreBetter: boolean;
  readonly values: readonly number[];
}

const percentiles = ['p50Ns', 'p90Ns', 'p99Ns', 'p999Ns', 'maxNs'] as const;
const percentileNames = { p50Ns: 'p50', p90Ns: 'p90', p99Ns: 'p99', p999Ns: 'p99.9', maxNs: 'max' } as const;

/** Those that were measured. */
export const figuresOf = ({ paths }: BenchResult): ComparedFigure[] => paths.flatMap(ofPath);

function ofPath(result: PathResult): ComparedFigure[] {
  const { path, ceiling, cpu, tail } = result;
  const rate = (name: string, values: readonly number[] | undefined) =>
    values ? [{ path, name, unit: 'packets/s' as const, isMoreBetter: true, values }] : [];
  const time = (name: string, values: readonly number[] | undefined) =>
    values && values.length > 0 ? [{ path, name, unit: 'ns' as const, isMoreBetter: false, values }] : [];
  const repeats = tail?.atRate.repeats.filter(({ trial }) => trial.voidReason === null);
  return [
    ...rate('rate without loss', ceiling?.noDrop.spread?.values),
    ...rate('rate with 0.5 % loss', ceiling?.partialDrop.spread?.values),
    ...time('CPU time a packet', cpu?.off.total.values),
    ...time('CPU time a packet, measured', cpu?.on.total.values),
    ...percentiles.flatMap((key) =>
      time(
        `end to end ${percentileNames[key]}`,
        repeats?.flatMap(({ endToEnd }) => endToEnd[key] ?? []),
      ),
    ),
  ];
}
