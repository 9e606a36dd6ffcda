// How large each mapped array is: the memory formula, in one place.
import * as abi from '../abi/layout.js';
import { Geometry } from '../measure/hdr.js';

export interface Sizes {
  /** Possible CPUs: a program's CPU number is below it. */
  readonly cpus: number;
  /** Histograms: one a device and segment, plus the special ones. */
  readonly shards: number;
  /** log2 of a histogram's linear buckets: 8, or fewer where many CPUs each have a copy. */
  readonly subBucketBits: number;
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
/** So many are to have room, some 85 veth ends; where they have not, histograms are kept coarser, step by step. */
const shardsWorthPrecision = 256;
/** Buckets 0.8, 1.6, 3.1 and 6.3 % wide. */
const subBucketBitsByStep = [8, 7, 6, 5] as const;
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
  subBucketBits: 8,
  inFlightSets: 2,
  deviceEntries: 2,
  eventBytes: leastRingBytes,
  isTracing: false,
};

export interface Limits {
  readonly shards?: number | undefined;
  readonly subBucketBits?: number | undefined;
  readonly inFlightPackets?: number | undefined;
  readonly eventBytes?: number | undefined;
  readonly isTracing?: boolean | undefined;
}

/** Sizes for a host with so many possible CPUs; `limits` asks for other than the defaults. */
export function sizesFor(cpus: number, limits: Limits = {}): Sizes {
  const wanted = limits.shards ?? shardsWorthPrecision;
  const subBucketBits = limits.subBucketBits ?? finestFor(cpus * wanted);
  const affordable = Math.floor(histogramBudgetBytes / (cpus * histogramBytes(subBucketBits)));
  const shards = limits.shards ?? Math.max(fewestShards, Math.min(mostShards, affordable));
  return {
    cpus,
    shards,
    subBucketBits,
    inFlightSets: powerOfTwoFrom((limits.inFlightPackets ?? inFlightPackets) / abi.limit.ways),
    deviceEntries: powerOfTwoFrom(
      Math.max(abi.limit.sightingsALook, (shards / shardsADevice) * entriesADevice),
    ),
    eventBytes: limits.eventBytes ?? leastRingBytes,
    isTracing: limits.isTracing ?? false,
  };
}

/** Of every histogram in the kernel. */
export const geometryOf = ({ subBucketBits }: Pick<Sizes, 'subBucketBits'>): Geometry =>
  new Geometry(subBucketBits);

/** One histogram of so many linear buckets. */
export const histogramBytes = (subBucketBits: number): number =>
  geometryOf({ subBucketBits }).countsLength * 4;

/** The finest step at which so many histograms have room. */
function finestFor(histograms: number): number {
  const hasRoom = (bits: number) => histograms * histogramBytes(bits) <= histogramBudgetBytes;
  return subBucketBitsByStep.find(hasRoom) ?? Math.min(...subBucketBitsByStep);
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

const fixedValueBytes = {
  in_flight: abi.set.size,
  tallies: abi.tally.size,
  drops: abi.drops.size,
  devices: abi.device.size,
  sightings: abi.sighting.size,
  announcements: abi.announcement.size,
  driver_stacks: abi.driverStack.size,
  watches: abi.watch.size,
} as const;

export type MapName = keyof typeof fixedValueBytes | 'histograms';
export const mapNames: readonly MapName[] = [
  ...(Object.keys(fixedValueBytes) as (keyof typeof fixedValueBytes)[]),
  'histograms',
];

/** Bytes of one entry of each map. */
export const valueBytesOf = (sizes: Sizes): Readonly<Record<MapName, number>> => ({
  ...fixedValueBytes,
  histograms: histogramBytes(sizes.subBucketBits),
});

/** What each map takes of the kernel's memory, its own administration and rounding to pages aside. */
export function mapBytes(sizes: Sizes): Readonly<Record<MapName, number>> {
  const [entries, valueBytes] = [mapEntries(sizes), valueBytesOf(sizes)];
  return Object.fromEntries(mapNames.map((map) => [map, entries[map] * valueBytes[map]])) as Record<
    MapName,
    number
  >;
}

/** Arrays that only the programs look into. */
export const programsOwn = ['starts', 'tasks', 'softirq_tasks'] as const;
type ProgramsOwn = (typeof programsOwn)[number];

export const ringNames = ['events', 'outliers'] as const;
export type RingName = (typeof ringNames)[number];
