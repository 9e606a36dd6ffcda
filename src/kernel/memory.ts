// The object's mapped memory as a whole: its sizes set before load, its arrays mapped after.
import * as abi from '../abi/layout.js';
import { type MappedMemory, type MappedRing, mapRing, mapShared } from '../libbpf/memory.js';
import type { BpfObject } from '../libbpf/object.js';
import type { Segment } from '../measure/segments.js';
import { Histograms } from './histograms.js';
import {
  geometryOf,
  type MapName,
  mapEntries,
  mapNames,
  programsOwn,
  type RingName,
  ringNames,
  type Sizes,
  valueBytesOf,
} from './sizes.js';

/** Each array's place among the fields below; the object's name of it. */
const maps = {
  control: '.bss',
  inFlight: 'in_flight',
  tallies: 'tallies',
  histograms: 'histograms',
  drops: 'drops',
  devices: 'devices',
  sightings: 'sightings',
  announcements: 'announcements',
  driverStacks: 'driver_stacks',
  watches: 'watches',
  events: 'events',
  outliers: 'outliers',
} as const satisfies Record<string, MapName | RingName | '.bss'>;
type Field = keyof typeof maps;
const fields = Object.keys(maps) as readonly Field[];

export type KernelMemory = Readonly<Record<Exclude<Field, 'histograms' | RingName>, MappedMemory>> & {
  readonly histograms: Histograms;
  readonly events: MappedRing;
  readonly outliers: MappedRing;
  unmap(): void;
};

/** The descriptor of each array. */
export type MemoryFds = Readonly<Record<Field, number>>;

/** Before load: map sizes, and the read-only configuration that the verifier prunes by. */
export function prepareMemory(object: BpfObject, sizes: Sizes, measurable: readonly Segment[]): void {
  const entries = mapEntries(sizes);
  for (const map of [...mapNames, ...programsOwn, ...ringNames]) object.resize(map, entries[map]);
  object.setValueBytes('histograms', valueBytesOf(sizes).histograms);
  const config = new DataView(new ArrayBuffer(abi.config.size));
  config.setUint32(abi.config.cpus.offset, sizes.cpus, true);
  config.setUint32(abi.config.shards.offset, sizes.shards, true);
  config.setUint32(abi.config.setBits.offset, Math.log2(sizes.inFlightSets), true);
  config.setUint32(abi.config.deviceBits.offset, Math.log2(sizes.deviceEntries), true);
  const bits = measurable.reduce((mask, segment) => mask | (1 << abi.segment[segment]), 0);
  config.setUint32(abi.config.segments.offset, bits, true);
  config.setUint32(abi.config.subBucketBits.offset, sizes.subBucketBits, true);
  config.setUint32(abi.config.histogramCounts.offset, geometryOf(sizes).countsLength, true);
  config.setUint32(abi.config.tracing.offset, Number(sizes.isTracing), true);
  object.writeReadOnlyData(new Uint8Array(config.buffer));
}

/** After load: the descriptors of all arrays. */
export const memoryFds = (object: BpfObject): MemoryFds =>
  Object.fromEntries(fields.map((field) => [field, object.mapFd(maps[field])])) as MemoryFds;

/** Every array as memory shared with the programs. */
export function mapMemory(fds: MemoryFds, sizes: Sizes): KernelMemory {
  const entries = mapEntries(sizes);
  const valueBytes = valueBytesOf(sizes);
  const byteLengthOf = (map: MapName | '.bss') =>
    map === '.bss' ? abi.control.size : entries[map] * valueBytes[map];
  const map = (field: Exclude<Field, RingName>) => mapShared(fds[field], byteLengthOf(maps[field]));
  const memory = {
    control: map('control'),
    inFlight: map('inFlight'),
    tallies: map('tallies'),
    histograms: new Histograms(fds.histograms, entries.histograms, valueBytes.histograms),
    drops: map('drops'),
    devices: map('devices'),
    sightings: map('sightings'),
    announcements: map('announcements'),
    driverStacks: map('driverStacks'),
    watches: map('watches'),
    events: mapRing(fds.events, entries.events),
    outliers: mapRing(fds.outliers, entries.outliers),
  };
  return {
    ...memory,
    unmap: () => {
      for (const mapped of Object.values(memory)) mapped.unmap();
    },
  };
}
