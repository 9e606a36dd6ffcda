// A path's ceiling: repeated searches, and where packets were dropped just above it.
import type { PathResult, RateBound, TrialResult } from '../result/schema.js';
import { spreadOf } from '../result/spread.js';
import type { Goal, SearchLimits, SearchTrial } from '../search/goal.js';
import { nextTrial } from '../search/next.js';
import { type Found, foundBy } from '../search/result.js';
import { type BenchPlan, goals, leastPacketsPerSecond, mostTrialSeconds } from './plan.js';
import type { Trials } from './trials.js';

export type Ceiling = NonNullable<PathResult['ceiling']>;

export interface Searching {
  readonly plan: BenchPlan;
  readonly trials: Trials;
  /** Packets that the path's queues hold. */
  readonly heldPackets: number;
  readonly tell: (text: string) => void;
}

export async function searchCeiling(searching: Searching): Promise<Ceiling> {
  const { plan } = searching;
  const all: TrialResult[] = [];
  const found: { readonly noDrop: Found; readonly partialDrop: Found }[] = [];
  const limits: SearchLimits = {
    leastPacketsPerSecond,
    mostPacketsPerSecond: searching.trials.generatorPacketsPerSecond,
    heldPackets: searching.heldPackets,
    mostTrialSeconds,
    budgetSeconds: plan.searchSeconds,
  };
  for (let search = 0; search < plan.searches; search++) {
    searching.tell(`searching the ceiling, ${search + 1} of ${plan.searches}`);
    const tried = await searchOnce(searching, limits, all);
    found.push({
      noDrop: foundBy(goals.noDrop, tried, limits),
      partialDrop: foundBy(goals.partialDrop, tried, limits),
    });
  }
  return {
    noDrop: boundOf(found.map(({ noDrop }) => noDrop)),
    partialDrop: boundOf(found.map(({ partialDrop }) => partialDrop)),
    trials: all,
    drops: [],
  };
}

async function searchOnce(
  { plan, trials, tell }: Searching,
  limits: SearchLimits,
  all: TrialResult[],
): Promise<SearchTrial[]> {
  const both: readonly Goal[] = [goals.noDrop, goals.partialDrop];
  const tried: SearchTrial[] = [];
  for (let next = nextTrial(both, tried, limits); next; next = nextTrial(both, tried, limits)) {
    const load = { ...plan.load, ...next };
    await trials.warmUp(load);
    const { result } = await trials.run(load);
    all.push(result);
    const { sent, lost, reachedPacketsPerSecond, voidReason } = result;
    tried.push({ ...next, sent, lost, reachedPacketsPerSecond, isVoid: voidReason !== null });
    tell(
      `${Math.round(next.packetsPerSecond)} packets/s for ${next.durationSeconds.toFixed(1)} s: ${result.voidReason ?? `${result.lost} of ${result.sent} lost`}`,
    );
  }
  return tried;
}

function boundOf(found: readonly Found[]): RateBound {
  const [first] = found;
  if (!first) throw new Error('a ceiling is searched once at least');
  const spread = knownSpread(found.map(({ packetsPerSecond }) => packetsPerSecond));
  const above = knownSpread(found.map(({ abovePacketsPerSecond }) => abovePacketsPerSecond));
  return {
    lossRatio: first.lossRatio,
    packetsPerSecond: spread?.median ?? null,
    abovePacketsPerSecond: above?.median ?? null,
    isGeneratorBound: found.every(({ isGeneratorBound }) => isGeneratorBound),
    isReached: found.every(({ isReached }) => isReached),
    spread,
  };
}

function knownSpread(rates: readonly (number | null)[]) {
  const known = rates.filter((rate) => rate !== null);
  return known.length === 0 ? null : spreadOf(known);
}
