// From trials to what was found for one loss ratio.
import { boundsOf, groupedByLoad } from './classify.js';
import type { Goal, SearchLimits, SearchTrial } from './goal.js';
import { mostOffered, stepsTo } from './next.js';

export interface Found {
  readonly lossRatio: number;
  /** The greatest load that passed below the least that failed; null: none did. */
  readonly packetsPerSecond: number | null;
  /** The least load that failed; null: none did. */
  readonly abovePacketsPerSecond: number | null;
  /** The generator had no more to give: the path may carry more. */
  readonly isGeneratorBound: boolean;
  /** Between the two, relative to the upper; null where one is missing. */
  readonly width: number | null;
  /** Both were tried for as long as the goal asks, and lie as near; false: time ran out before. */
  readonly isReached: boolean;
  /** For how long the load that passed was tried, in all. */
  readonly triedSeconds: number;
}

export function foundBy(goal: Goal, trials: readonly SearchTrial[], limits: SearchLimits): Found {
  // Where there was no time for the goal itself, its approaches know something; what is known better holds.
  const known = stepsTo(goal).map((step) => boundsOf(step, trials, limits));
  const upper = known.findLast((bounds) => bounds.upper !== null)?.upper ?? null;
  const isBelow = (load: number | null) => load !== null && (upper === null || load < upper);
  const lower = known.findLast((bounds) => isBelow(bounds.lower))?.lower ?? null;
  const own = known.at(-1);
  const width = lower === null || upper === null ? null : (upper - lower) / upper;
  const isGeneratorBound =
    upper === null && lower !== null && lower >= Math.floor(mostOffered(trials, limits));
  const isNone = lower === null && upper !== null && upper <= limits.leastPacketsPerSecond;
  const tried = lower === null ? [] : (groupedByLoad(trials).get(lower) ?? []);
  return {
    lossRatio: goal.lossRatio,
    packetsPerSecond: lower,
    abovePacketsPerSecond: upper,
    isGeneratorBound,
    width,
    isReached:
      lower === own?.lower &&
      upper === own?.upper &&
      (isGeneratorBound || isNone || (width ?? 1) <= goal.width * 1.001),
    triedSeconds: tried.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
  };
}
