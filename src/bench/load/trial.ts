// A load over a path as a trial: what became of its packets, and whether it counts.
import { countText } from '../../export/latencyText.js';
import type { SendMethod } from '../children/messages.js';
import type { Load, PlacedDrop, TrialResult } from '../result/schema.js';
import type { SparseCounts } from './counts.js';
import type { LoadResult } from './loader.js';

/** A generator that sent less than this share of the rate has put another load on the path. */
const leastOfRate = 0.99;

export interface Trial {
  readonly result: TrialResult;
  /** From scheduled send to the receiving socket. */
  readonly latency: SparseCounts | null;
  readonly lateness: SparseCounts;
  /** The generator's CPU time between packets. */
  readonly waitingSeconds: number;
}

/** Bursts leave together; else a packet leaves at its time, and many at a time only what could not. */
export const methodFor = ({ burst }: Load): SendMethod => (burst > 1 ? 'batch' : 'adaptive');

export function trialOf(load: Load, { generator, sink }: LoadResult, drops: readonly PlacedDrop[]): Trial {
  return {
    result: {
      load,
      offered: generator.offered,
      sent: generator.sent,
      received: sink.received - sink.duplicated,
      lost: sink.missing,
      late: generator.late,
      reachedPacketsPerSecond: generator.reachedPacketsPerSecond,
      voidReason: voidReasonOf(load, { generator, sink }),
      drops: [...drops],
    },
    latency: sink.latency,
    lateness: generator.lateness,
    waitingSeconds: generator.waitingSeconds,
  };
}

function voidReasonOf({ packetsPerSecond }: Load, { generator, sink }: LoadResult): string | null {
  const { reachedPacketsPerSecond } = generator;
  if (reachedPacketsPerSecond < leastOfRate * packetsPerSecond)
    return `the generator reached ${countText(Math.round(reachedPacketsPerSecond))} of ${countText(Math.round(packetsPerSecond))} packets a second`;
  if (sink.early > 0) return `${countText(sink.early)} packets came before their time: the clocks differ`;
  return null;
}
