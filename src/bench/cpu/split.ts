// CPU time for each packet delivered: what a load took, less what the host takes when nothing is sent. Pure.
import type { CpuPart } from '../result/schema.js';
import type { CpuReading } from './reading.js';
import { type CpuTimes, timesBetween } from './times.js';

/**
 * One repeat of a CpuSplit, in ns a packet. The parts add up to the total. A part that takes nothing may come out a
 * little below 0: the total is exact to 10 ms of CPU time, the idle host's share is an average.
 */
export interface PacketCost {
  readonly total: number;
  /** The generator's time between packets: not in the total. */
  readonly waiting: number;
  readonly parts: Readonly<Record<CpuPart, number>>;
  readonly softirqs: Readonly<Record<string, number>>;
  readonly threads: Readonly<Record<string, number>>;
  /** CPU seconds a second while nothing was sent. */
  readonly idleCpus: number;
}

/**
 * @param waitingNs of the generator's time, what it spent between packets
 * @param idle between two readings while nothing was sent, with the path up and both ends waiting; null where that is not known
 * @returns null where nothing was delivered
 */
export function splitOf(
  before: CpuReading,
  after: CpuReading,
  { delivered, waitingNs }: { readonly delivered: number; readonly waitingNs: number },
  idle: CpuTimes | null,
): PacketCost | null {
  if (delivered <= 0) return null;
  const busy = timesBetween(before, after);
  const periods = idle ? busy.elapsedNs / idle.elapsedNs : 0;
  const each = <K extends string>(of: (times: CpuTimes) => Readonly<Record<K, number>>) => {
    const baseline: Readonly<Partial<Record<string, number>>> = idle ? of(idle) : {};
    const costs = Object.entries<number>(of(busy)).map(([name, ns]) => {
      const baselineNs = baseline[name];
      return [name, (ns - (baselineNs ?? 0) * periods) / delivered] as const;
    });
    return Object.fromEntries(costs) as Record<K, number>;
  };
  const parts = each((times) => times.parts);
  return {
    total: (busy.totalNs - (idle?.totalNs ?? 0) * periods - waitingNs) / delivered,
    waiting: waitingNs / delivered,
    parts: { ...parts, generator: parts.generator - waitingNs / delivered },
    softirqs: each((times) => times.softirqs),
    threads: each((times) => times.threads),
    idleCpus: idle ? idle.totalNs / idle.elapsedNs : 0,
  };
}
