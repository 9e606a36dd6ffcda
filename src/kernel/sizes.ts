// How large each mapped array is: the memory formula, in one place.
import * as abi from '../abi/layout.js';

export interface Sizes {
  /** Possible CPUs: a program's CPU number is below it. */
  readonly cpus: number;
  /** Histograms: one a device and segment, plus the special ones. */
  readonly shards: number;
  readonly inFlightSets: number;
  readonly deviceEntries: number;
  /** Bytes of the ring of events; a power of two of pages. */
  readonly eventBytes: number;
  /** Whether slow packets are told of: then there is room for it, and the programs do it. */
  readonly isTracing: boolean;
}

/** Every default in one place. */
const histogramBudgetBytes = 256 * 1024 * 1024;
const mostShards = 1024;
const fewestShards = 64;
const inFlightPackets = 131_072;
/** Where nobody asks for journeys, or for slow packets. */
const leastRingBytes = 4_096;
/** A few thousand slow packets: far more than the devices' limits let through between two looks. */
const tracingRingBytes = 1024 * 1024;
/** The cache is kept a quarter full at most, so that a probe sequence practically never overflows. */
const entriesADevice = 4;
const shardsADevice = 2;

/** Two at least: the programs take an index from the top bits of a hash, and there is no shift by all 32. */
const powerOfTwoFrom = (least: number): number => 2 ** Math.ceil(Math.log2(Math.max(2, least)));

/** For programs that are tried and never run. */
export const smallestSizes: Sizes = {
  cpus: 1,
  shards: 1,
  inFlightSets: 2,
  deviceEntries: 2,
  eventBytes: leastRingBytes,
  isTracing: false,
};

export interface Limits {
  readonly shards?: number | undefined;
  readonly inFlightPackets?: number | undefined;
  readonly eventBytes?: number | undefined;
  readonly isTracing?: boolean | undefined;
}

/** Sizes for a host with so many possible CPUs; `limits` asks for other than the defaults. */
export function sizesFor(cpus: number, limits: Limits = {}): Sizes {
  const affordable = Math.floor(histogramBudgetBytes / (cpus * abi.histogram.size));
  const shards = limits.shards ?? Math.max(fewestShards, Math.min(mostShards, affordable));
  return {
    cpus,
    shards,
    inFlightSets: powerOfTwoFrom((limits.inFlightPackets ?? inFlightPackets) / abi.limit.ways),
    deviceEntries: powerOfTwoFrom(
      Math.max(abi.limit.sightingsALook, (shards / shardsADevice) * entriesADevice),
    ),
    eventBytes: limits.eventBytes ?? leastRingBytes,
    isTracing: limits.isTracing ?? false,
  };
}

/** Entries of each map, as the BPF side indexes them. */
export function mapEntries(sizes: Sizes): Readonly<Record<MapName | ProgramsOwn | RingName, number>> {
  const whileTracing = (entries: number): number => (sizes.isTracing ? entries : 1);
  return {
    in_flight: sizes.inFlightSets,
    tallies: sizes.cpus * sizes.shards,
    histograms: sizes.cpus * sizes.shards,
    drops: sizes.shards,
    devices: sizes.deviceEntries,
    sightings: sizes.deviceEntries,
    announcements: 2 ** abi.limit.announcementBits,
    driver_stacks: sizes.cpus,
    watches: whileTracing(sizes.shards),
    starts: whileTracing(sizes.inFlightSets * abi.limit.ways),
    tasks: whileTracing(2 ** abi.limit.taskBits),
    softirq_tasks: whileTracing(sizes.cpus),
    events: sizes.eventBytes,
    outliers: sizes.isTracing ? tracingRingBytes : leastRingBytes,
  };
}

export const valueBytes = {
  in_flight: abi.set.size,
  tallies: abi.tally.size,
  histograms: abi.histogram.size,
  drops: abi.drops.size,
  devices: abi.device.size,
  sightings: abi.sighting.size,
  announcements: abi.announcement.size,
  driver_stacks: abi.driverStack.size,
  watches: abi.watch.size,
} as const;

export type MapName = keyof typeof valueBytes;
export const mapNames = Object.keys(valueBytes) as readonly MapName[];

/** Arrays that only the programs look into. */
export const programsOwn = ['starts', 'tasks', 'softirq_tasks'] as const;
type ProgramsOwn = (typeof programsOwn)[number];

export const ringNames = ['events', 'outliers'] as const;
export type RingName = (typeof ringNames)[number];
