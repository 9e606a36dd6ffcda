// Is a load passed, failed, or not known yet? By the trials at this very load. @see MLRsearch, load classification
import { fullSecondsAt, type Goal, lossRatioOf, type SearchLimits, type SearchTrial } from './goal.js';

export type Verdict = 'lower' | 'upper' | 'undecided';

const sumSeconds = (trials: readonly SearchTrial[]): number =>
  trials.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);

/** @param trials at one load, one at least; void ones left out */
export function classify(goal: Goal, trials: readonly SearchTrial[], limits: SearchLimits): Verdict {
  const load = trials[0]?.packetsPerSecond ?? 0;
  const fullSeconds = fullSecondsAt(goal, load, limits);
  const isFull = (trial: SearchTrial) => trial.durationSeconds >= fullSeconds * 0.999;
  const passes = (trial: SearchTrial) => lossRatioOf(trial) <= goal.lossRatio;
  const sum = (full: boolean, passed: boolean) =>
    sumSeconds(trials.filter((trial) => isFull(trial) === full && passes(trial) === passed));

  // Short trials that pass say little, so they only make up for short ones that fail.
  const balance = (sum(false, true) * goal.exceedRatio) / (1 - goal.exceedRatio);
  const failed = sum(true, false) + Math.max(0, sum(false, false) - balance);
  const tried = failed + sum(true, true);
  // As many of the longer ones: one that the host has spoilt is outvoted whatever its length.
  const wanted = (fullSeconds * goal.durationSumSeconds) / goal.finalTrialSeconds;
  const whole = Math.max(wanted * 0.999, tried);
  if (failed / whole > goal.exceedRatio) return 'upper';
  if ((failed + whole - tried) / whole <= goal.exceedRatio) return 'lower';
  return 'undecided';
}

export interface Bounds {
  /** The greatest load that passes below the least that fails; null: none. */
  readonly lower: number | null;
  /** The least load that fails; null: none. */
  readonly upper: number | null;
}

/** Where a greater load passes than one that fails, the one that fails counts. */
export function boundsOf(goal: Goal, trials: readonly SearchTrial[], limits: SearchLimits): Bounds {
  const loads = [...groupedByLoad(trials)].toSorted(([a], [b]) => a - b);
  const verdicts = loads.map(([load, of]) => ({ load, verdict: classify(goal, of, limits) }));
  const upper = verdicts.find(({ verdict }) => verdict === 'upper')?.load ?? null;
  const passed = verdicts.filter(
    ({ load, verdict }) => verdict === 'lower' && (upper === null || load < upper),
  );
  return { lower: passed.at(-1)?.load ?? null, upper };
}

export function groupedByLoad(trials: readonly SearchTrial[]): ReadonlyMap<number, SearchTrial[]> {
  const groups = new Map<number, SearchTrial[]>();
  for (const trial of trials) {
    if (trial.isVoid) continue;
    const group = groups.get(trial.packetsPerSecond) ?? [];
    groups.set(trial.packetsPerSecond, [...group, trial]);
  }
  return groups;
}
