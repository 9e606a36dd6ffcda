// A plan of its own for vhost, which reaches a tap by other ways than a program that reads and writes it.
import { tableOf } from '../markdown.js';
import type { KernelReports, Plan } from '../plan.js';
import { faultsOf } from './faults.js';
import type { MechanismReport, Stage, StageName, VhostReport } from './report.js';

export const vhost: Plan<VhostReport> = {
  name: 'vhost',
  heading: 'vhost',
  boots: [{ variant: 'all' }],
  // 20 s under TCG.
  limitSeconds: 200,
  isInNpmTest: true,
  faultsOf: (reports, kernel) => reports.flatMap((report) => faultsOf(report, kernel)),
  section,
};

const heads = [
  'kernel',
  'mechanism',
  'single packets',
  'batches',
  'both in turn',
  'to the guest',
  'guest stopped',
];

function section(kernels: readonly KernelReports<VhostReport>[]): string {
  const rows = kernels.flatMap(({ kernel, reports }) =>
    reports.flatMap(({ mechanisms }) =>
      mechanisms.length === 0
        ? [[kernel, 'none', ...heads.slice(2).map(() => 'no')]]
        : mechanisms.map((mechanism) => rowOf(kernel, mechanism)),
    ),
  );
  return [
    'A driver of virtqueues plays the guest on a tap that vhost-net serves. Samples of `inject` (to the host) and `ring` (to the guest), of so many packets, and how many writes of vhost (tun_sendmsg) brought them; no sample is longer than the burst that the driver timed around it. What vhost writes at once begins at once: `inject` of the last packet of a batch includes the wait for those before it.',
    '',
    // By every mechanism the same where the best one is the only one.
    ...new Set(tableOf(heads, rows)),
  ].join('\n');
}

function rowOf(kernel: string, { hooks, stages }: MechanismReport): string[] {
  const mechanism = hooks.find(({ hook }) => hook === 'tun_sendmsg')?.mechanism ?? 'none';
  const cellOf = (name: StageName, segment: 'inject' | 'ring') => {
    const stage = stages.find((one) => one.name === name);
    return stage ? countsOf(stage, segment) : 'no';
  };
  return [
    kernel,
    mechanism,
    cellOf('single', 'inject'),
    cellOf('batch', 'inject'),
    cellOf('mixed', 'inject'),
    cellOf('receive', 'ring'),
    cellOf('stopped guest', 'ring'),
  ];
}

function countsOf({ bursts, runs, segments }: Stage, segment: 'inject' | 'ring'): string {
  const packets = bursts.reduce((sum, burst) => sum + burst.packets, 0);
  const samples = segments.find((line) => line.segment === segment)?.count ?? 0;
  const writes = runs.tun_sendmsg > 0 ? `, ${runs.tun_sendmsg} writes` : '';
  return `${samples} of ${packets}${writes}`;
}
