// Holds a VM's report against what its kernel must be able to do. Pure: a report in, the faults in words out.

import { hooks as hookTable } from '../../../src/kernel/hooks.js';
import { isOrdinary } from '../../../src/measure/accounting.js';
import { segments } from '../../../src/measure/segments.js';
import type { TestKernel } from '../kernels.js';
import { type PathCount, sampleFaults, samplesOf } from '../passage.js';
import { injectedKinds, injectMedianOf } from './medians.js';
import { type Round, type RoundsReport, roundNames } from './report.js';

/** Seen: 2.4 under emulation, where a kprobe is a trap. Both ways it is the same wait of a few µs. */
const mostRatioOfMechanisms = 5;

export function faultsOf(report: RoundsReport, kernel: TestKernel): string[] {
  const missingRounds = roundNames.slice(report.rounds.length).map((name) => `${name}: was not run`);
  return [
    ...(report.failure === null ? [] : [report.failure]),
    ...missingRounds,
    ...claimingFaults(report, kernel),
    ...programFaults(report, kernel),
    ...tracedFaults(report),
    ...mechanismFaults(report),
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

/** By fentry and by kprobe the same wait is measured: what a probe costs under emulation is within it. */
function mechanismFaults({ rounds }: RoundsReport): string[] {
  return injectedKinds.flatMap((kind) => {
    const medians = rounds
      .filter(({ name }) => name !== 'stopped reader')
      .flatMap((round) => injectMedianOf(round, kind) ?? []);
    const ratio = Math.max(...medians) / Math.min(...medians);
    return ratio > mostRatioOfMechanisms
      ? [`inject of ${kind} differs by mechanism: ${medians.join(' and ')} ns at p50`]
      : [];
  });
}

function roundFaults(round: Round, kernel: TestKernel): string[] {
  return [
    ...hookFaults(round, kernel),
    ...round.accounting
      .filter((line) => !isOrdinary(line))
      .map((line) => `accounting does not add up or has strays: ${JSON.stringify(line)}`),
    ...round.segments
      .filter(({ device, maxNs }) => (maxNs ?? 0) > longestOn(device, round))
      .map(
        ({ device, segment, maxNs }) =>
          `${device} ${segment} has a sample of ${maxNs} ns, longer than any packet was under way: ${longestOn(device, round)} ns`,
      ),
    ...round.paths.flatMap((path) => countFaults(path, round)),
    ...(round.name === 'stopped reader' ? dropFaults(round, kernel) : []),
  ];
}

/** 0 for a device that no path has. */
const longestOn = (device: string, { paths }: Round): number =>
  paths.find(({ firstDevice, lastDevice }) => [firstDevice, lastDevice].includes(device))?.longestNs ?? 0;

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

function countFaults(path: PathCount, round: Round): string[] {
  const { sent, received } = path;
  const mayLose = round.name === 'stopped reader' && path.path !== 'veth';
  return [
    ...(received === sent || mayLose ? [] : [`${path.path}: ${sent} packets sent, ${received} received`]),
    ...sampleFaults(
      samplesOf(path, true),
      (device, segment) =>
        round.segments.find((line) => line.device === device && line.segment === segment)?.count ?? 0,
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
