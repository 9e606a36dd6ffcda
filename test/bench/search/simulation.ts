// Paths that are not there: what a load loses on them is known, with the chance and noise that a host adds.
import {
  leastPacketsPerSecond,
  mostTrialSeconds,
  goals as planned,
  presets,
} from '../../../src/bench/run/plan.js';
import type { Goal, SearchLimits, SearchTrial } from '../../../src/bench/search/goal.js';
import { nextTrial } from '../../../src/bench/search/next.js';

/** Mulberry32: the same numbers for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Packets lost of so many sent at this rate. */
export type Losing = (sent: number, packetsPerSecond: number, durationSeconds: number) => number;

/** Those of a run. */
export const goals: readonly Goal[] = [planned.noDrop, planned.partialDrop];

/** With time enough to end. */
export const limits: SearchLimits = {
  leastPacketsPerSecond,
  mostPacketsPerSecond: 400_000,
  heldPackets: 0,
  mostTrialSeconds,
  budgetSeconds: 120,
};

/** What a run over a path with a backlog has. */
export const limitsOfRun: SearchLimits = {
  ...limits,
  heldPackets: 1_000,
  budgetSeconds: presets.full.searchSeconds,
};

/** Searches until there is nothing more to try. @throws Error when that takes more trials than it ever should */
export function searched(
  losing: Losing,
  within: SearchLimits = limits,
  reach = (packetsPerSecond: number) => packetsPerSecond,
): SearchTrial[] {
  const trials: SearchTrial[] = [];
  for (let next = nextTrial(goals, trials, within); next !== null; next = nextTrial(goals, trials, within)) {
    const reached = Math.min(next.packetsPerSecond, reach(next.packetsPerSecond));
    const sent = Math.round(reached * next.durationSeconds);
    const lost = Math.min(sent, Math.round(losing(sent, reached, next.durationSeconds)));
    const isVoid = reached < 0.99 * next.packetsPerSecond;
    trials.push({ ...next, sent, lost, reachedPacketsPerSecond: reached, isVoid });
    if (trials.length > 300) throw new Error('the search does not end');
  }
  return trials;
}

/** Forwards so many a second and loses the rest, once its queue of so many packets is full. */
export const ceilingAt =
  (packetsPerSecond: number, queuePackets = 0): Losing =>
  (sent, _, seconds) =>
    Math.max(0, sent - packetsPerSecond * seconds - queuePackets);
