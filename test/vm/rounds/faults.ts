// Holds a VM's report against what its kernel must be able to do. Pure: a report in, the faults in words out.

import { hooks as hookTable } from '../../../src/kernel/hooks.js';
import { isOrdinary } from '../../../src/measure/accounting.js';
import { type Segment, segments } from '../../../src/measure/segments.js';
import type { TestKernel } from '../kernels.js';
import { type PathCount, type Round, type RoundsReport, roundNames } from './report.js';

export function faultsOf(report: RoundsReport, kernel: TestKernel): string[] {
  const missingRounds = roundNames.slice(report.rounds.length).map((name) => `${name}: was not run`);
  return [
    ...(report.failure === null ? [] : [report.failure]),
    ...missingRounds,
    ...claimingFaults(report, kernel),
    ...programFaults(report, kernel),
    ...tracedFaults(report),
    ...report.rounds.flatMap((round) => roundFaults(round, kernel).map((fault) => `${round.name}: ${fault}`)),
  ];
}

function claimingFaults(
  { claiming }: RoundsReport,
  { claiming: expected = 'compare-and-exchange' }: TestKernel,
): string[] {
  return claiming === expected ? [] : [`packets are claimed by ${claiming} instead of ${expected}`];
}

function programFaults({ programs }: RoundsReport, { functionMechanism }: TestKernel): string[] {
  const mayBeRefused = (program: string) => functionMechanism !== 'fentry' && program.startsWith('fentry_');
  return programs.flatMap(({ program, refusal }) =>
    refusal === null || mayBeRefused(program) ? [] : [`${program}: ${refusal}`],
  );
}

/** Every segment's waits are told of, and what has kept those in the ring. */
function tracedFaults({ traced }: RoundsReport): string[] {
  const untold = segments.filter(({ name }) => !traced.some(({ segment }) => segment === name));
  const inRing = traced
    .filter(({ segment }) => segment === 'ring')
    .map(({ causes }) => causes.join('+') || 'none');
  const isStopSeen = inRing.some((causes) => causes.startsWith('stopped'));
  return [
    ...untold.map(({ name }) => `a trace told of no wait in ${name}`),
    ...(isStopSeen ? [] : [`a trace did not tell that the reader was stopped, but of ${inRing.join(', ')}`]),
  ];
}

function roundFaults(round: Round, kernel: TestKernel): string[] {
  return [
    ...hookFaults(round, kernel),
    ...round.accounting
      .filter((line) => !isOrdinary(line))
      .map((line) => `accounting does not add up or has strays: ${JSON.stringify(line)}`),
    ...round.segments
      .filter(({ maxNs }) => maxNs !== null && maxNs > round.durationSeconds * 1e9)
      .map(
        ({ device, segment, maxNs }) =>
          `${device} ${segment} has a sample of ${maxNs} ns, longer than the round`,
      ),
    ...round.paths.flatMap((path) => countFaults(path, round)),
    ...(round.name === 'stopped reader' ? dropFaults(round, kernel) : []),
  ];
}

function hookFaults({ name, hooks }: Round, { functionMechanism }: TestKernel): string[] {
  const expectedOf = (hook: string) => {
    const [best] = Object.entries(hookTable).find(([known]) => known === hook)?.[1] ?? [];
    if (best?.mechanism === 'tp_btf') return 'tp_btf';
    return name === 'without fentry' ? 'kprobe' : functionMechanism;
  };
  return hooks
    .filter(({ hook, mechanism }) => mechanism !== expectedOf(hook))
    .map(
      ({ hook, mechanism, reason }) => `${hook} has ${mechanism ?? reason} instead of ${expectedOf(hook)}`,
    );
}

/** Every packet is seen in each segment that it passes, once. */
function countFaults({ path, firstDevice, lastDevice, sent, received }: PathCount, round: Round): string[] {
  const isVeth = path === 'veth';
  const expected: readonly (readonly [string, Segment, number])[] = [
    // A veth has no queue.
    [firstDevice, 'qdisc', isVeth ? 0 : sent],
    [firstDevice, 'driver', received],
    ...(isVeth ? [] : [[firstDevice, 'ring', received] as const, [lastDevice, 'inject', received] as const]),
    [lastDevice, 'backlog', received],
  ];
  const countOf = (device: string, segment: Segment) =>
    round.segments.find((line) => line.device === device && line.segment === segment)?.count ?? 0;
  const mayLose = round.name === 'stopped reader' && !isVeth;
  return [
    ...(received === sent || mayLose ? [] : [`${path}: ${sent} packets sent, ${received} received`]),
    ...expected
      .filter(([device, segment, count]) => countOf(device, segment) !== count)
      .map(
        ([device, segment, count]) =>
          `${device} ${segment}: ${countOf(device, segment)} samples, ${count} packets`,
      ),
  ];
}

/** What a full queue turned away is told as dropped there, with the reason. */
function dropFaults({ paths, drops }: Round, { fullQueueReason }: TestKernel): string[] {
  return paths
    .filter(({ path }) => path !== 'veth')
    .flatMap(({ firstDevice, sent, received }) => {
      const told =
        drops.find((line) => line.device === firstDevice && line.reason === fullQueueReason)?.count ?? 0;
      const lost = sent - received;
      if (lost === 0) return [`${firstDevice}: nothing was lost while its reader was stopped`];
      return told === lost
        ? []
        : [`${firstDevice}: ${lost} packets lost, ${told} told as ${fullQueueReason}`];
    });
}
