// What following packets has come to on a kernel, and what the forwarder itself has measured of the same packets.
import type { JourneySummary, LegLine } from '../../../src/measure/snapshot.js';

/** Forwarders of one kind: the one reads and writes tuns, the other taps, as a guest's QEMU does. */
export const laneKinds = ['tun', 'tap'] as const;
export type LaneKind = (typeof laneKinds)[number];

export const percentiles = [50, 90, 99] as const;

/** A percentile for each of `percentiles`, in ns. */
export type Percentiles = readonly number[];

export interface LaneReport {
  readonly kind: LaneKind;
  readonly packets: number;
  /** Every leg between devices of this lane. */
  readonly legs: readonly Pick<LegLine, 'leg' | 'from' | 'to' | 'count'>[];
  /** Of the leg from the first device to the second in user space; empty where there is none. */
  readonly measuredNs: Percentiles;
  /** By the forwarder's clock, from after the read to before the write. */
  readonly leastNs: Percentiles;
  /** From before the read to after the write. */
  readonly mostNs: Percentiles;
}

export interface JourneysReport {
  readonly lanes: readonly LaneReport[];
  readonly journeys: JourneySummary | null;
}
