// What a reader of the figures should know of the run that they come from. Pure.
import { countText } from '../../export/latencyText.js';
import type { Pair } from './figures.js';
import { medianInterval, neededConfidence } from './interval.js';
import type { Loaded } from './load.js';

const tolerableStolenShare = 0.01;
const leastOfRate = 0.99;

export interface Circumstances {
  readonly pairs: readonly Pair[];
  readonly packetsPerSecond: number;
  readonly isPinned: boolean;
}

export function remarksOn({ pairs, packetsPerSecond, isPinned }: Circumstances): string[] {
  const loads = pairs.flatMap(({ off, on }) => [off.load, on.load]);
  const sum = (of: (load: Loaded) => number) => loads.reduce((total, load) => total + of(load), 0);
  const lost = sum(({ sent }) => sent) - sum(({ answered }) => answered);
  const stolen = Math.max(...loads.map(({ stolenShare }) => stolenShare));
  const slowest = Math.min(...loads.map(({ reachedPacketsPerSecond }) => reachedPacketsPerSecond));
  const unseen = pairs.reduce((total, { on }) => total + on.load.packets - (on.seenPackets ?? 0), 0);
  const { confidence } = medianInterval(pairs.map(() => 1));
  return [
    confidence < neededConfidence
      ? `${pairs.length} pairs are too few to tell whether a target is met.`
      : null,
    isPinned ? null : 'There is one CPU: the sender and what receives take turns on it.',
    slowest < leastOfRate * packetsPerSecond
      ? `The sender reached ${countText(slowest)} of ${countText(packetsPerSecond)} packets a second: the round trips are those of a lower rate.`
      : null,
    lost > 0
      ? `${countText(lost)} of ${countText(sum(({ sent }) => sent))} round trips did not come back.`
      : null,
    stolen > tolerableStolenShare
      ? `The hypervisor took up to ${(stolen * 100).toFixed(1)} % of the CPUs' time in a turn.`
      : null,
    unseen > 0 ? `vifscope has seen ${countText(unseen)} packets fewer than were sent.` : null,
  ].filter((remark) => remark !== null);
}
