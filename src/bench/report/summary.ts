// What stands above every report: what was run, and what is not whole.
import { countText } from '../../export/latencyText.js';
import { countedTrials, lossShareOf, voidReasonsOf } from '../result/counted.js';
import type { BenchResult, PathResult, TailAtRate } from '../result/schema.js';

export interface Summary {
  readonly title: string;
  readonly facts: readonly string[];
  /** What the reader must know before believing a figure. */
  readonly warnings: readonly string[];
}

/** Above its ceiling a path shows how long its queues are. */
const mostLostShare = 0.01;

const emulated = "the guest is emulated, for there is no KVM here: its figures are the emulation's";
const roundTrip = 'echo requests and their replies: latency and loss are of both ways';

function overloadOf(path: string, tail: PathResult['tail']): string[] {
  const share = (tail ? lossShareOf(tail.atRate) : null) ?? 0;
  if (share <= mostLostShare) return [];
  const percent = (share * 100).toFixed(0);
  return [
    `${path}: ${percent} % lost at the rate, which is above its ceiling: its tail there is that of full queues`,
  ];
}

/** What was left out, and whether anything is left. */
function voidsOf(path: string, level: TailAtRate): string[] {
  const reasons = voidReasonsOf(level);
  if (reasons.length === 0) return [];
  const at = level.loadPercent === null ? 'the rate' : `${level.loadPercent} % of its ceiling`;
  const left = countedTrials(level).length;
  const what =
    left === 0
      ? 'no repeat counts'
      : `${level.repeats.length - left} of ${level.repeats.length} repeats left out`;
  return [`${path} at ${at}: ${what}, void: ${reasons.join(', ')}`];
}

/** Of what the legs are; null where there are none. */
export function journeysText({ plan, paths }: BenchResult): string | null {
  const told = paths.flatMap(({ path, tail }) => {
    const journeys = tail?.atRate.journeys;
    if (!journeys || tail.atRate.legs.length === 0) return [];
    const { every, whole, begun, lostEvents } = journeys;
    const lost = lostEvents === 0 ? '' : `, ${countText(lostEvents)} events lost`;
    return [
      `${path} one in ${countText(every)}, ${countText(whole)} of ${countText(begun)} seen whole${lost}`,
    ];
  });
  if (told.length === 0) return null;
  return `Legs are of sampled packets, one in ${countText(plan.journeysEvery)} asked for: ${told.join('; ')}`;
}

export function summaryOf(result: BenchResult): Summary {
  const { host, plan, generator, startedAt, durationSeconds } = result;
  const { load } = plan;
  const sizes = load.sizes.map(({ frameBytes, weight }) => `${weight} × ${frameBytes}`).join(', ');
  const rate = (value: number) => countText(Math.round(value));
  return {
    title: `vifscope bench, ${host.hostname}, ${startedAt}`,
    facts: [
      `Kernel ${host.kernel} on ${host.architecture}, ${countText(host.cpus)} CPUs, vifscope ${host.vifscope}`,
      `Load: ${rate(load.packetsPerSecond)} packets a second, frames of ${sizes} bytes, ${load.flows === 1 ? 'one flow' : `${countText(load.flows)} flows`}, bursts of ${countText(load.burst)}, ${countText(plan.repeats)} × ${load.durationSeconds} s`,
      generator
        ? `The generator alone: ${rate(generator.ceilingPacketsPerSecond.median)} packets a second (${rate(generator.ceilingPacketsPerSecond.min)} to ${rate(generator.ceilingPacketsPerSecond.max)})`
        : 'The generator alone was not measured',
      'Latency from the scheduled time of sending to the receiving socket; ≥: the sender had no more to give on this path; ~: time ran out before it was sure',
      ...[journeysText(result) ?? []].flat(),
      `${countText(plan.searches)} searches of ${plan.searchSeconds} s; in front of the generator’s device: ${plan.qdisc ?? 'each path’s own queue'}`,
      `Took ${rate(durationSeconds)} s`,
    ],
    warnings: [
      ...(result.interruption === null ? [] : [`This run is not whole: ${result.interruption}`]),
      ...result.paths.flatMap(({ path, state, reason }) =>
        reason === null ? [] : [`${path}: ${state}, ${reason}`],
      ),
      ...result.scale.flatMap(({ path, over, number, reason }) =>
        reason === null ? [] : [`${path} with ${countText(number)} ${over}: ${reason}`],
      ),
      ...result.paths.flatMap(({ path, settings }) => [
        ...(settings['accelerator'] === 'tcg' ? [`${path}: ${emulated}`] : []),
        ...(settings['carrier'] === 'echo' ? [`${path}: ${roundTrip}`] : []),
      ]),
      ...result.paths.flatMap(({ path, tail }) => overloadOf(path, tail)),
      ...result.paths.flatMap(({ path, tail }) =>
        tail ? [tail.atRate, ...tail.overLoad].flatMap((level) => voidsOf(path, level)) : [],
      ),
    ],
  };
}
