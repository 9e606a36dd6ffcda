// The tail at one load: repeats under measurement, and all of them together.
import { figuresOf } from '../../measure/histogram.js';
import type { Figures } from '../../measure/snapshot.js';
import type { Measurement } from '../../measurement.js';
import { withReasons } from '../drops/withReasons.js';
import { together } from '../load/counts.js';
import type { Trial } from '../load/trial.js';
import type { Load, TailAtRate } from '../result/schema.js';
import { isCounted, repeatTrials } from './repeats.js';
import { inRoles, roleOf } from './roles.js';
import type { Trials } from './trials.js';

export interface TailRun {
  readonly trials: Trials;
  readonly measurement: Measurement;
}

/** The kernel looks for a ping of its own that a reply belongs to, though our raw socket has read it. */
const unaskedReply = 'NO_SOCKET';

/** One repeat, and what it cost where somebody counts that. */
type RunTrial = (load: Load) => Promise<Trial>;

/** @param loadPercent of the path's ceiling; null at the rate that was asked for */
export async function measureTail(
  { trials, measurement }: TailRun,
  load: Load,
  repeats: number,
  loadPercent: number | null,
  run: RunTrial = (each) => trials.run(each),
): Promise<TailAtRate> {
  const { path } = trials;
  await trials.warmUp(load);
  measurement.restart();
  const done = await repeatTrials(repeats, () => run(load));
  const counted = done.filter(isCounted);
  await measurement.finish();
  const { segments, legs, drops, journeys } = measurement.snapshot();
  return {
    packetsPerSecond: load.packetsPerSecond,
    loadPercent,
    repeats: done.map(({ result, latency, lateness }) => ({
      trial: result,
      endToEnd: figuresOf(together(latency ? [latency] : [])),
      lateness: figuresOf(together([lateness])),
    })),
    endToEnd: figuresOf(together(counted.flatMap(({ latency }) => latency ?? []))),
    lateness: figuresOf(together(counted.map(({ lateness }) => lateness))),
    drops: withReasons(
      done.flatMap(({ result }) => result.drops),
      drops
        .filter(({ reason }) => path.carrier !== 'echo' || reason !== unaskedReply)
        .map((line) => ({ ...line, netns: roleOf(line.netns, path) })),
      path.devices.map(({ role }) => role),
    ),
    segments: segments.map((line) => ({
      device: line.device,
      netns: roleOf(line.netns, path),
      segment: line.segment,
      figures: figuresAlone(line),
    })),
    legs: legs.map((line) => ({
      from: inRoles(line.from, path),
      to: inRoles(line.to, path),
      leg: line.leg,
      figures: figuresAlone(line),
    })),
    journeys: journeys && {
      every: journeys.every,
      begun: journeys.begun,
      whole: journeys.whole,
      partial: journeys.partial,
      ambiguous: journeys.ambiguous,
      evicted: journeys.evicted,
      lostEvents: journeys.lostEvents,
    },
  };
}

const figuresAlone = (line: Figures): Figures => ({
  count: line.count,
  minNs: line.minNs,
  meanNs: line.meanNs,
  p50Ns: line.p50Ns,
  p90Ns: line.p90Ns,
  p99Ns: line.p99Ns,
  p999Ns: line.p999Ns,
  p9999Ns: line.p9999Ns,
  maxNs: line.maxNs,
  histogram: line.histogram,
});
