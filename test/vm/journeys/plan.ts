// The plan of journeys: packets are followed through forwarders on tun and tap, whose own clocks say what is right.
import { tableOf } from '../markdown.js';
import type { KernelReports, Plan } from '../plan.js';
import { faultsOf } from './faults.js';
import { type JourneysReport, laneKinds, percentiles } from './report.js';

export const journeys: Plan<JourneysReport> = {
  name: 'journeys',
  heading: 'Journeys',
  boots: [{ variant: 'all' }],
  // 10 to 30 s under TCG.
  limitSeconds: 120,
  isInNpmTest: true,
  faultsOf: (reports) => reports.flatMap(faultsOf),
  section,
};

function section(kernels: readonly KernelReports<JourneysReport>[]): string {
  const rows = laneKinds.flatMap((kind) =>
    percentiles.map((percentile, at) => [
      `${kind}, p${percentile}`,
      ...kernels.map(({ reports }) => reports.map((report) => cellOf(report, kind, at)).join('; ')),
    ]),
  );
  return [
    'What the leg of a forwarder says: `forwarder` between two tuns, `guest` between two taps. In brackets for how long the forwarder had the packets by its own clock, at least (after the read to before the write) and at most (before the read to after the write). Every packet is followed, and has its leg.',
    '',
    ...tableOf(['leg', ...kernels.map(({ kernel }) => kernel)], rows),
  ].join('\n');
}

function cellOf({ lanes }: JourneysReport, kind: string, at: number): string {
  const lane = lanes.find((one) => one.kind === kind);
  const [ns, least, most] = [lane?.measuredNs[at], lane?.leastNs[at], lane?.mostNs[at]].map(usOf);
  return `${ns} (${least} to ${most}) µs`;
}

const usOf = (ns: number | undefined): string =>
  ns === undefined ? '-' : Math.round(ns / 1_000).toLocaleString('en');
