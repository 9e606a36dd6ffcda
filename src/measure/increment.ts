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

/** One object is used again for every reading: it holds until the next one. */
export interface Increment {
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
  readonly started: number;
  readonly dropped: number;
  readonly expired: number;
  readonly evicted: number;
  readonly unmatched: number;
}

/** Something that increments are booked in. */
export interface Ledger {
  add(device: MeasuredDevice, segment: Segment, increment: Increment): void;
  /** @param reason the kernel's own name, without SKB_DROP_REASON_ */
  addDrops(device: MeasuredDevice, reason: string, count: number): void;
}
