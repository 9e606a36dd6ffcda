// Holds a VM's report against what the driver itself counted and timed. Pure: a report in, the faults in words out.
import { isOrdinary } from '../../../src/measure/accounting.js';
import type { Segment } from '../../../src/measure/segments.js';
import type { TestKernel } from '../kernels.js';
import {
  type Burst,
  type MechanismReport,
  mechanisms,
  type Stage,
  type StageName,
  stageNames,
  type VhostReport,
} from './report.js';
import { waitFaults } from './waits.js';

/** The segments that every packet of the stage passes, and what must be so of the programs' runs. */
interface Expected {
  readonly segments: readonly Segment[];
  readonly runsAreRight: (runs: Stage['runs'], packets: number) => boolean;
}

const toHost: readonly Segment[] = ['inject', 'backlog'];
const toGuest: readonly Segment[] = ['qdisc', 'driver', 'ring'];
const onlyBatches: Expected['runsAreRight'] = (runs, packets) =>
  runs.tun_get_user === 0 && runs.tun_sendmsg > 0 && runs.tun_sendmsg < packets;
const noWrites: Expected['runsAreRight'] = (runs) => runs.tun_get_user === 0 && runs.tun_sendmsg === 0;
const bothWays: Expected['runsAreRight'] = (runs, packets) =>
  runs.tun_get_user > 0 && runs.tun_sendmsg > runs.tun_get_user && runs.tun_sendmsg < packets;

const expectedOf: Record<StageName, Expected> = {
  single: {
    segments: toHost,
    runsAreRight: (runs, packets) => runs.tun_get_user === packets && runs.tun_sendmsg === packets,
  },
  batch: { segments: toHost, runsAreRight: onlyBatches },
  mixed: { segments: toHost, runsAreRight: bothWays },
  receive: { segments: toGuest, runsAreRight: noWrites },
  'stopped guest': { segments: toGuest, runsAreRight: noWrites },
  'late writes': { segments: toHost, runsAreRight: bothWays },
};

/** The last of a batch of 64 waits for those before it; 64 times as long as the first, were all alike. */
const leastSpread = 8;

export function faultsOf(report: VhostReport, kernel: TestKernel): string[] {
  const unmeasured = burstFaults(report.unmeasured).map((fault) => `before anything is attached: ${fault}`);
  const missing = mechanisms.slice(report.mechanisms.length).map((name) => `${name}: was not tried`);
  return [
    ...unmeasured,
    ...(report.refusal === null ? [] : [report.refusal]),
    ...missing,
    ...report.mechanisms.flatMap((mechanism) =>
      mechanismFaults(mechanism, kernel).map((fault) => `${mechanism.name}: ${fault}`),
    ),
  ];
}

function mechanismFaults({ name, hooks, stages }: MechanismReport, { functionMechanism }: TestKernel) {
  const expected = name === 'without fentry' ? 'kprobe' : functionMechanism;
  return [
    ...hooks
      .filter(({ hook, mechanism }) => hook.startsWith('tun_') && mechanism !== expected)
      .map(({ hook, mechanism, reason }) => `${hook} has ${mechanism ?? reason} instead of ${expected}`),
    ...stageNames.slice(stages.length).map((stage) => `${stage}: was not run`),
    ...stages.flatMap((stage) => stageFaults(stage).map((fault) => `${stage.name}: ${fault}`)),
  ];
}

function stageFaults(stage: Stage): string[] {
  const { runs, bursts, lateBursts } = stage;
  const packets = packetsOf([...bursts, ...lateBursts]);
  return [
    ...burstFaults([...bursts, ...lateBursts]),
    ...(expectedOf[stage.name].runsAreRight(runs, packets)
      ? []
      : [`for ${packets} packets the programs ran so often: ${JSON.stringify(runs)}`]),
    ...stage.accounting
      .filter((line) => !isOrdinary(line))
      .map((line) => `accounting does not add up or has strays: ${JSON.stringify(line)}`),
    ...countFaults(stage),
    ...stage.segments.flatMap((line) => waitFaults(line, stage.bursts)),
    ...(stage.name === 'batch' ? shareFaults(stage) : []),
    ...(stage.name === 'stopped guest' ? heldFaults(stage) : []),
  ];
}

const packetsOf = (bursts: readonly Burst[]): number => bursts.reduce((sum, burst) => sum + burst.packets, 0);

const burstFaults = (bursts: readonly Burst[]): string[] =>
  bursts
    .filter(({ packets, arrived }) => arrived !== packets)
    .map(({ packets, arrived }) => `${packets} packets sent, ${arrived} arrived in order`);

/** Every packet has a sample in each segment that it passes, and none in another. */
function countFaults({ name, bursts, segments }: Stage): string[] {
  const expected = expectedOf[name].segments;
  const found = segments.map(({ segment }) => segment);
  return [...new Set([...expected, ...found])].flatMap((segment) => {
    const wanted = expected.includes(segment) ? packetsOf(bursts) : 0;
    const count = segments.find((line) => line.segment === segment)?.count ?? 0;
    return count === wanted ? [] : [`${segment}: ${count} samples, ${wanted} packets`];
  });
}

function shareFaults({ segments }: Stage): string[] {
  const { minNs = null, maxNs = null } = segments.find(({ segment }) => segment === 'inject') ?? {};
  if (minNs !== null && maxNs !== null && maxNs >= leastSpread * minNs) return [];
  return [`inject: ${minNs} to ${maxNs} ns: the last of a batch has not waited for those before it`];
}

/** What the guest's standing still cost is in ring, all of it, and nowhere else. */
function heldFaults({ segments, held }: Stage): string[] {
  if (held === null) return ['the driver did not tell how long it stood still'];
  return segments.flatMap(({ segment, minNs, maxNs }) => {
    if (segment === 'ring')
      return (minNs ?? 0) >= held.heldNs ? [] : [`ring: ${minNs} ns, but no buffer for ${held.heldNs} ns`];
    return (maxNs ?? 0) <= held.sendingNs ? [] : [`${segment}: ${maxNs} ns, sending took ${held.sendingNs}`];
  });
}
