// What an answer of Prometheus must look like to be shown: there, finite and in the range of its unit.
import type { Sample } from './prometheusServer.js';

type Range = readonly [least: number, greatest: number];

/** By Grafana's id of the unit, for a host under a test's load. */
const ranges: Readonly<Record<string, () => Range>> = {
  s: () => [1e-8, 70],
  pps: () => [0, 1e6],
  ops: () => [0, 1e6],
  short: () => [0, 1e5],
  percentunit: () => [0, 1],
  bytes: () => [1e6, 1e9],
  bool_yes_no: () => [0, 1],
  dtdurations: () => [0, 600],
  dateTimeFromNow: () => [Date.now() - 600_000, Date.now() + 10_000],
};

/** What is wrong with the answer, or null. */
export function complaintOf(
  samples: readonly Sample[],
  unit: string,
  range = ranges[unit]?.(),
): string | null {
  if (range === undefined) return `unit ${unit}: no range is known`;
  if (samples.length === 0) return 'nothing';
  const [least, greatest] = range;
  const wrong = samples.find(({ value }) => !(value >= least && value <= greatest));
  return wrong ? `${wrong.value} of ${JSON.stringify(wrong.labels)} is not in ${least} to ${greatest}` : null;
}
