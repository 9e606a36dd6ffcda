// What one segment of one device has counted since it was last read: the unit in which all ledgers are kept.
import type { DeviceKind, Segment } from './segments.js';

/** Who counted. `name` follows a rename, so it is to be read when something is added, and not remembered. */
export interface MeasuredDevice {
  readonly name: string;
  readonly netns: string;
  readonly netnsInum: number;
  readonly ifindex: number;
  readonly kind: DeviceKind;
  readonly peer: MeasuredDevice | null;
}

/** What is counted of packets besides matches, whose count is the histogram's. */
export const outcomes = ['started', 'dropped', 'expired', 'evicted', 'unmatched'] as const;
export type Outcomes = Record<(typeof outcomes)[number], number>;
export const noOutcomes: Readonly<Outcomes> = {
  started: 0,
  dropped: 0,
  expired: 0,
  evicted: 0,
  unmatched: 0,
};

/** One object is used again for every reading: it holds until the next one. */
export interface Increment extends Readonly<Outcomes> {
  /** Buckets that counted something: the first `length` places of both arrays. */
  readonly length: number;
  /** Bucket indices as in hdr.ts, each at most once, in no order. */
  readonly indices: Uint16Array;
  /** Samples of the bucket at the same place of `indices`. */
  readonly counts: Float64Array;
  /** All samples: the sum of counts. */
  readonly matched: number;
  readonly sumNs: number;
  /** Exact least and greatest wait of the time since the last reading; null without a sample. */
  readonly minNs: number | null;
  readonly maxNs: number | null;
}

/** Something that increments are booked in. */
export interface Ledger {
  add(device: MeasuredDevice, segment: Segment, increment: Increment): void;
  /** @param reason the kernel's own name, without SKB_DROP_REASON_ */
  addDrops(device: MeasuredDevice, reason: string, count: number): void;
}
