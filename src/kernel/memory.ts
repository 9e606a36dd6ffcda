// The object's mapped memory as a whole: its sizes set before load, its arrays mapped after.
import * as abi from '../abi/layout.js';
import { type MappedMemory, mapShared } from '../libbpf/memory.js';
import type { BpfObject } from '../libbpf/object.js';
import type { Segment } from '../measure/segments.js';
import { type MapName, mapEntries, mapNames, type Sizes, valueBytes } from './sizes.js';

export interface KernelMemory {
  readonly control: MappedMemory;
  readonly inFlight: MappedMemory;
  readonly tallies: MappedMemory;
  readonly histograms: MappedMemory;
  readonly drops: MappedMemory;
  readonly devices: MappedMemory;
  readonly sightings: MappedMemory;
  readonly announcements: MappedMemory;
  readonly driverStacks: MappedMemory;
  unmap(): void;
}

/** Before load: map sizes, and the read-only configuration that the verifier prunes by. */
export function prepareMemory(object: BpfObject, sizes: Sizes, measurable: readonly Segment[]): void {
  const entries = mapEntries(sizes);
  for (const map of mapNames) object.resize(map, entries[map]);
  const config = new DataView(new ArrayBuffer(abi.config.size));
  config.setUint32(abi.config.cpus.offset, sizes.cpus, true);
  config.setUint32(abi.config.shards.offset, sizes.shards, true);
  config.setUint32(abi.config.setBits.offset, Math.log2(sizes.inFlightSets), true);
  config.setUint32(abi.config.deviceBits.offset, Math.log2(sizes.deviceEntries), true);
  const bits = measurable.reduce((mask, segment) => mask | (1 << abi.segment[segment]), 0);
  config.setUint32(abi.config.segments.offset, bits, true);
  object.writeReadOnlyData(new Uint8Array(config.buffer));
}

/** After load: every array as memory shared with the programs. */
export function mapMemory(object: BpfObject, sizes: Sizes): KernelMemory {
  const entries = mapEntries(sizes);
  const map = (name: MapName) => mapShared(object.mapFd(name), entries[name] * valueBytes[name]);
  const memory = {
    control: mapShared(object.mapFd('.bss'), abi.control.size),
    inFlight: map('in_flight'),
    tallies: map('tallies'),
    histograms: map('histograms'),
    drops: map('drops'),
    devices: map('devices'),
    sightings: map('sightings'),
    announcements: map('announcements'),
    driverStacks: map('driver_stacks'),
  };
  return {
    ...memory,
    unmap: () => {
      for (const mapped of Object.values(memory)) mapped.unmap();
    },
  };
}
