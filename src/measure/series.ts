// What the metrics are rendered from: totals a set of labels, over the life of the process.

import type { DeviceKind, Segment } from './segments.js';
import type { HookLine, JourneyTotals, LegLine } from './snapshot.js';

/** The labels that name a device in a metric. */
export type SeriesLabels = {
  readonly device: string;
  readonly netns: string;
  readonly kind: DeviceKind;
};

export type SegmentLabels = SeriesLabels & { readonly segment: Segment };

/** Samples over the life of the process. */
export interface LatencySeries<Labels> {
  /** The same object in every reading, so that what is made of it can be kept. */
  readonly labels: Labels;
  /** Samples at or below each bound and above the one before; the last place counts those above all bounds. */
  readonly counts: readonly number[];
  readonly sumNs: number;
  /** The greatest wait in the window that is shown; null without a sample in it. */
  readonly maxNs: number | null;
  readonly matched: number;
}

export interface SegmentSeries extends LatencySeries<SegmentLabels> {
  readonly started: number;
  readonly dropped: number;
  readonly expired: number;
  readonly evicted: number;
  readonly unmatched: number;
  /** Packets that wait now. */
  readonly inFlight: number;
}

export type LegLabels = Pick<LegLine, 'from' | 'to' | 'leg'>;
export type LegSeries = LatencySeries<LegLabels>;

/** Packets that user space has read and not written again. */
export interface UnreturnedSeries {
  readonly device: string;
  readonly netns: string;
  readonly packets: number;
}

/** What comes of following packets, over the life of the process; the gauge `every` is of now. */
export interface FollowingReading {
  readonly legs: readonly LegSeries[];
  readonly unreturned: readonly UnreturnedSeries[];
  readonly journeys: JourneyTotals;
}

export type DropSeries = SeriesLabels & { readonly reason: string; readonly count: number };

export interface SeriesReading {
  /** Upper bounds in ns, rising, each the last value of an HDR bucket. */
  readonly boundsNs: readonly number[];
  readonly segments: readonly SegmentSeries[];
  readonly drops: readonly DropSeries[];
  /** null: no packet is followed. */
  readonly following: FollowingReading | null;
  readonly hooks: readonly HookLine[];
  /** Of the kernel's histograms. */
  readonly bucketWidthRatio: number;
  /** Devices that are measured now, by kind. */
  readonly devices: Readonly<Record<DeviceKind, number>>;
  /** Of this process's life: each counts up only. */
  readonly unlearnedHookRuns: number;
  readonly devicesTurnedAway: number;
  readonly seriesTurnedAway: number;
  /** How long this reading of the kernel's memory took. */
  readonly readingSeconds: number;
}
