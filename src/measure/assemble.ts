// From a reading to the snapshot that every output is rendered from.
import type { Geometry } from './hdr.js';
import { figuresOf } from './histogram.js';
import type { DeviceReading, Reading, SegmentReading } from './reading.js';
import type {
  AccountingLine,
  DropLine,
  Figures,
  HookLine,
  HostFacts,
  JourneySummary,
  LegLine,
  SegmentLine,
  Snapshot,
} from './snapshot.js';

export interface Circumstances {
  readonly startedAt: Date;
  readonly durationSeconds: number;
  readonly host: HostFacts;
  /** Of the kernel's histograms. */
  readonly geometry: Geometry;
  readonly hooks: readonly HookLine[];
  readonly legs?: readonly LegLine[];
  readonly journeys?: JourneySummary | null;
}

/** The figures of a segment; by default they are worked out here, which takes up to 1 ms each. */
export type FiguresFor = (segment: SegmentReading) => Figures;

export function assembleSnapshot(
  reading: Reading,
  circumstances: Circumstances,
  figuresFor: FiguresFor = ({ latency }) => figuresOf(latency),
): Snapshot {
  const { startedAt, durationSeconds, host, geometry, hooks, legs = [], journeys = null } = circumstances;
  const { unlearnedHookRuns, devicesTurnedAway } = reading;
  const devices = [...reading.devices].sort(byPlace);
  return {
    version: 1,
    startedAt: startedAt.toISOString(),
    durationSeconds,
    host,
    bucketWidthPercent: roundedPercent(geometry.bucketWidthRatio),
    hooks,
    segments: devices.flatMap((device) =>
      device.segments.filter(hasSamples).map((s) => segmentLine(device, s, figuresFor(s))),
    ),
    legs,
    journeys,
    drops: devices.flatMap(dropLines),
    accounting: devices.flatMap((device) =>
      device.segments.filter(hasCounts).map((s) => accountingLine(device, s)),
    ),
    turnedAway: { unlearnedHookRuns, devices: devicesTurnedAway },
  };
}

/** 0.78, 1.56, 3.13, 6.25. */
const roundedPercent = (ratio: number): number => Math.round(ratio * 10_000) / 100;

/** By namespace and name, so that two snapshots of one host stand in one order. */
const byPlace = (a: DeviceReading, b: DeviceReading): number =>
  compare(a.netns, b.netns) || compare(a.name, b.name);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const hasSamples = ({ latency }: SegmentReading): boolean => latency.total > 0;

const hasCounts = (s: SegmentReading): boolean => hasSamples(s) || s.started > 0 || s.unmatched > 0;

function segmentLine(device: DeviceReading, { segment }: SegmentReading, figures: Figures): SegmentLine {
  const { name, netns, netnsInum, ifindex, kind, peer } = device;
  return { device: name, netns, netnsInum, ifindex, kind, peer, segment, ...figures };
}

function dropLines({ name, netns, drops }: DeviceReading): DropLine[] {
  return [...drops].map(([reason, count]) => ({ device: name, netns, reason, count }));
}

function accountingLine({ name, netns }: DeviceReading, s: SegmentReading): AccountingLine {
  const { segment, latency, started, dropped, expired, evicted, inFlight, unmatched } = s;
  const matched = latency.total;
  return { device: name, netns, segment, started, matched, dropped, expired, evicted, inFlight, unmatched };
}
