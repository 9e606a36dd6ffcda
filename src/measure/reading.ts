// What the kernel's memory said of each device at one moment: the input of every snapshot.
import type { Latency } from './histogram.js';
import type { DeviceKind, Segment } from './segments.js';

export interface SegmentReading {
  readonly segment: Segment;
  readonly latency: Readonly<Latency>;
  readonly started: number;
  readonly dropped: number;
  readonly expired: number;
  readonly evicted: number;
  readonly inFlight: number;
  readonly unmatched: number;
}

export interface DeviceReading {
  readonly name: string;
  readonly netns: string;
  readonly netnsInum: number;
  readonly ifindex: number;
  readonly kind: DeviceKind;
  /** "netns/name" of the other end of a veth pair. */
  readonly peer: string | null;
  readonly segments: readonly SegmentReading[];
  /** Packets dropped on this device, by the kernel's name of the reason. */
  readonly drops: ReadonlyMap<string, number>;
}

export interface Reading {
  readonly devices: readonly DeviceReading[];
  readonly unlearnedHookRuns: number;
  readonly devicesTurnedAway: number;
}
