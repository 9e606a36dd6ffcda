// A packet that has waited in one segment for longer than its threshold, and what tells why: as the programs saw it.
import type { Segment } from '../measure/segments.js';

/** Addresses in their usual text; ports are null where the protocol has none. */
export interface Flow {
  readonly family: 4 | 6;
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
}

/** How long a task was in each state during a wait. */
export interface TaskTimes {
  readonly runningNs: number;
  /** It waited for a CPU. */
  readonly runnableNs: number;
  readonly sleepingNs: number;
  /** By a signal or a debugger. */
  readonly stoppedNs: number;
}

export interface Task {
  /** As ps -L numbers threads. */
  readonly id: number;
  readonly name: string;
  /** 0: not seen. */
  readonly wokenNs: number;
  readonly scheduledNs: number;
  /** It was last woken not from sleep, but from a stop. */
  readonly wasStopped: boolean;
  /**
   * As it was recorded, so timesDuring() is to be asked; null: it was not known when the wait began, or is not the task
   * that was known then.
   */
  readonly during: (TaskTimes & { readonly startCpu: number }) | null;
}

export interface Ksoftirqd {
  readonly wokenNs: number;
  readonly scheduledNs: number;
  readonly isWaitingForCpu: boolean;
  /** The wait ended in it. */
  readonly isEnd: boolean;
}

/** Times in ns of CLOCK_MONOTONIC. */
export interface Outlier {
  readonly endNs: number;
  readonly waitNs: number;
  /** The packet's fingerprint in two halves; both 0: none. */
  readonly contentHigh: number;
  readonly contentLow: number;
  /** The device's first shard. */
  readonly device: number;
  readonly segment: Segment;
  /** null: the packet was gone when the wait ended. */
  readonly lengthBytes: number | null;
  readonly flow: Flow | null;
  /** The device's tx_queue_len. */
  readonly queueLength: number;
  /** null: what the wait began among is not known. */
  readonly start: { readonly aheadPackets: number; readonly cpu: number } | null;
  readonly endCpu: number;
  /** In whose context the wait ended; in a softirq that may be any. */
  readonly task: Task;
  /** Of the CPU that the wait ended on; null: it has not run yet. */
  readonly ksoftirqd: Ksoftirqd | null;
}

export const startNsOf = ({ endNs, waitNs }: Outlier): number => endNs - waitNs;
export const hasContent = ({ contentHigh, contentLow }: Outlier): boolean =>
  contentHigh !== 0 || contentLow !== 0;

/** CPUs' clocks, and the stamps of the wait and of the task, may differ by so much. */
const slackNs = 10_000;

/**
 * How long the task was in each state, together as long as the wait; null: not known. Where the notes on it were begun
 * anew meanwhile (tasks share places), or read while another CPU wrote them, the times don't add up and none is true.
 */
export function timesDuring({ waitNs, task: { during } }: Outlier): TaskTimes | null {
  if (!during) return null;
  const { runningNs, runnableNs, sleepingNs, stoppedNs } = during;
  const sumNs = runningNs + runnableNs + sleepingNs + stoppedNs;
  return Math.abs(sumNs - waitNs) <= slackNs ? { runningNs, runnableNs, sleepingNs, stoppedNs } : null;
}
