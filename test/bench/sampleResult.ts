// Results as a run writes them, with values of the test's choice.
import { countNs } from '../../src/bench/load/counts.js';
import { oneSize } from '../../src/bench/load/plan.js';
import type { BenchResult, PathResult, TailAtRate, TrialResult } from '../../src/bench/result/schema.js';
import { spreadOf } from '../../src/bench/result/spread.js';
import { emptyLatencyCounts, figuresOf } from '../../src/measure/histogram.js';

export const sampleLoad = {
  packetsPerSecond: 100_000,
  durationSeconds: 5,
  sizes: oneSize(64),
  flows: 1,
  burst: 1,
};

export function figuresFrom(values: readonly number[]) {
  const counts = emptyLatencyCounts();
  for (const ns of values) countNs(counts, ns);
  return figuresOf(counts);
}

export const sampleTrial = (part: Partial<TrialResult> = {}): TrialResult => ({
  load: sampleLoad,
  offered: 500_000,
  sent: 500_000,
  received: 500_000,
  lost: 0,
  late: 12,
  reachedPacketsPerSecond: 100_000,
  voidReason: null,
  drops: [],
  ...part,
});

/** @param repeats the latencies of each */
export function sampleTail(
  repeats: readonly (readonly number[])[],
  loadPercent: number | null = null,
): TailAtRate {
  return {
    packetsPerSecond: sampleLoad.packetsPerSecond,
    loadPercent,
    repeats: repeats.map((values) => ({
      trial: sampleTrial(),
      endToEnd: figuresFrom(values),
      lateness: figuresFrom([100]),
    })),
    endToEnd: figuresFrom(repeats.flat()),
    lateness: figuresFrom([100]),
    drops: [],
    segments: [{ device: 'veth1', netns: 'right', segment: 'backlog', figures: figuresFrom(repeats.flat()) }],
    legs: [],
    journeys: { every: 64, begun: 20, whole: 18, partial: 1, ambiguous: 0, evicted: 0, lostEvents: 0 },
  };
}

export function samplePath(
  path: string,
  ceilings: readonly number[],
  part: Partial<PathResult> = {},
): PathResult {
  const bound = (lossRatio: number) => ({
    lossRatio,
    packetsPerSecond: spreadOf(ceilings).median,
    abovePacketsPerSecond: spreadOf(ceilings).max * 1.01,
    isGeneratorBound: false,
    isReached: true,
    spread: spreadOf(ceilings),
  });
  return {
    path,
    state: 'measured',
    reason: null,
    settings: {},
    ceiling: { noDrop: bound(0), partialDrop: bound(0.005), trials: [sampleTrial()], drops: [] },
    cpu: null,
    tail: {
      atRate: sampleTail([
        [1_000, 2_000, 3_000],
        [1_010, 2_020, 3_030],
        [990, 1_980, 2_970],
      ]),
      overLoad: [],
    },
    ...part,
  };
}

export const samplePlan: BenchResult['plan'] = {
  paths: ['veth'],
  load: sampleLoad,
  repeats: 3,
  searches: 3,
  searchSeconds: 20,
  journeysEvery: 64,
  qdisc: null,
  pinning: {},
};

export const sampleResult = (part: Partial<BenchResult> = {}): BenchResult => ({
  version: 1,
  startedAt: '2026-01-02T03:04:05.000Z',
  durationSeconds: 480,
  interruption: null,
  host: {
    hostname: 'host',
    kernel: '6.12.0',
    architecture: 'x86_64',
    cpus: 2,
    libbpf: '1.5',
    vifscope: '0.1.0',
  },
  surroundings: {},
  plan: samplePlan,
  generator: { ceilingPacketsPerSecond: spreadOf([800_000, 810_000, 805_000]) },
  paths: [samplePath('veth', [200_000, 201_000, 199_000])],
  tools: [],
  scale: [],
  ...part,
});
