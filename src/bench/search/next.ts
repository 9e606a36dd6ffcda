// Which load is tried next, and when a search is over. Pure: the same trials, the same answer.
import { type Bounds, boundsOf, classify, groupedByLoad } from './classify.js';
import { fullSecondsAt, type Goal, lossRatioOf, type SearchLimits, type SearchTrial } from './goal.js';

export interface NextTrial {
  readonly packetsPerSecond: number;
  readonly durationSeconds: number;
}

/** The first trial only tells what the path forwards when it is given all there is. */
const firstTrialSeconds = 0.5;
/** On the way to a goal: coarser and quicker ones of the same loss ratio. */
const approaches = [
  { width: 0.1, seconds: 0.5 },
  { width: 0.03, seconds: 1 },
] as const;
/** Where one side has no bound yet, each step out is so much wider than the last. */
const expansion = 2;
/** A generator that misses its rate so often at one load will not reach it. */
const mostVoids = 3;
const farBelow = 0.9;
const cautiously = 0.99;

/** A goal's approaches, the coarsest first, and itself. */
export const stepsTo = (goal: Goal): Goal[] => [
  ...approaches.map(({ width, seconds }) => ({
    ...goal,
    width: Math.max(width, goal.width),
    finalTrialSeconds: Math.min(seconds, goal.finalTrialSeconds),
    durationSumSeconds: Math.min(seconds, goal.durationSumSeconds),
  })),
  goal,
];

/** The goals together: what a coarse approach to one tells serves the others. */
function stepsOf(goals: readonly Goal[]): Goal[] {
  const ordered = goals.toSorted((a, b) => b.lossRatio - a.lossRatio).map(stepsTo);
  return [...approaches, null].flatMap((_, step) => ordered.flatMap((steps) => steps[step] ?? []));
}

export const spentSeconds = (trials: readonly SearchTrial[]): number =>
  trials.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);

/**
 * The greatest load that the generator can put on this path: what it reached where it missed its rate by far, or more
 * than once.
 */
export function mostOffered(trials: readonly SearchTrial[], { mostPacketsPerSecond }: SearchLimits): number {
  const byLoad = new Map<number, number[]>();
  for (const { isVoid, packetsPerSecond, reachedPacketsPerSecond } of trials)
    if (isVoid)
      byLoad.set(packetsPerSecond, [...(byLoad.get(packetsPerSecond) ?? []), reachedPacketsPerSecond]);
  const kept = new Set(groupedByLoad(trials).keys());
  const reached = [...byLoad].flatMap(([load, rates]) => {
    if (kept.has(load)) return [];
    const best = Math.max(...rates);
    return rates.length >= mostVoids || best < load * farBelow ? [best * cautiously] : [];
  });
  return Math.min(mostPacketsPerSecond, ...reached);
}

/** @returns null: all goals are reached, or the time is used up */
export function nextTrial(
  goals: readonly Goal[],
  trials: readonly SearchTrial[],
  limits: SearchLimits,
): NextTrial | null {
  const most = mostOffered(trials, limits);
  if (spentSeconds(trials) >= limits.budgetSeconds) return null;
  if (!trials.some(({ isVoid }) => !isVoid))
    return { packetsPerSecond: whole(most), durationSeconds: firstTrialSeconds };
  for (const goal of stepsOf(goals)) {
    const load = nextLoad(goal, trials, { ...limits, mostPacketsPerSecond: most });
    if (load !== null) {
      const durationSeconds = fullSecondsAt(goal, load, limits);
      return { packetsPerSecond: load, durationSeconds };
    }
  }
  return null;
}

/** @returns null: this goal is reached */
function nextLoad(goal: Goal, trials: readonly SearchTrial[], limits: SearchLimits): number | null {
  const bounds = boundsOf(goal, trials, limits);
  const undecided = undecidedWithin(goal, trials, bounds, limits);
  if (undecided !== null) return undecided;
  const { lower, upper } = bounds;
  const least = whole(limits.leastPacketsPerSecond);
  const most = whole(limits.mostPacketsPerSecond);
  if (upper === null) return lower === most ? null : stepUp(lower ?? least, goal, trials, most);
  if (lower === null) return upper <= least ? null : Math.max(least, stepDown(upper, goal, trials, limits));
  if ((upper - lower) / upper <= goal.width) return null;
  const middle = whole(Math.sqrt(lower * upper));
  return middle <= lower || middle >= upper ? null : middle;
}

/** A load that was begun and is not judged yet, where it can still matter. */
function undecidedWithin(
  goal: Goal,
  trials: readonly SearchTrial[],
  { lower, upper }: Bounds,
  limits: SearchLimits,
): number | null {
  for (const [load, of] of groupedByLoad(trials)) {
    const isWithin = load > (lower ?? 0) && load < (upper ?? Number.POSITIVE_INFINITY);
    const isOpen =
      isWithin && load <= limits.mostPacketsPerSecond && classify(goal, of, limits) === 'undecided';
    if (isOpen && isWorthIt(goal, load, { lower, upper })) return load;
  }
  return null;
}

/** Next to a bound a load is no news. */
function isWorthIt({ width }: Goal, load: number, { lower, upper }: Bounds): boolean {
  const fromLower = lower === null || (load - lower) / load > width / 4;
  const fromUpper = upper === null || (upper - load) / upper > width / 4;
  return fromLower && fromUpper;
}

const triedAbove = (trials: readonly SearchTrial[], load: number): number =>
  [...groupedByLoad(trials).keys()].filter((tried) => tried > load).length;

function stepUp(from: number, goal: Goal, trials: readonly SearchTrial[], most: number): number {
  const steps = triedAbove(trials, from);
  return Math.min(most, whole(from * (1 + goal.width * expansion ** (steps + 1))));
}

/**
 * To what passed a shorter trial; else to what the path forwarded when it was given too much, then ever further down,
 * to half at most: what failed was perhaps the host's moment.
 */
function stepDown(upper: number, goal: Goal, trials: readonly SearchTrial[], limits: SearchLimits): number {
  const groups = [...groupedByLoad(trials)];
  const passed = groups.filter(
    ([load, of]) => load < upper && of.every((trial) => lossRatioOf(trial) <= goal.lossRatio),
  );
  if (passed.length > 0) return Math.max(...passed.map(([load]) => load));
  const failed = groups.filter(([load]) => load >= upper);
  const hint = whole(Math.max(...failed.flatMap(([, of]) => of.map(forwardedPacketsPerSecond))));
  if (hint < upper * (1 - goal.width) && hint > limits.leastPacketsPerSecond && failed.length <= 2)
    return hint;
  return whole(upper * Math.max(0.5, 1 - goal.width * expansion ** Math.max(1, failed.length - 1)));
}

const forwardedPacketsPerSecond = ({ sent, lost, durationSeconds }: SearchTrial): number =>
  (sent - lost) / durationSeconds;

/** Loads are whole, so that the same one is tried again. */
const whole = (packetsPerSecond: number): number => Math.max(1, Math.floor(packetsPerSecond));
