// The device cache in mapped memory: open addressing by the net_device's address, as the programs probe it.
import * as abi from '../abi/layout.js';
import type { MappedMemory } from '../libbpf/memory.js';
import { textAt } from './announcements.js';

export interface CacheEntry {
  readonly address: bigint;
  readonly netAddress: bigint;
  readonly ifindex: number;
  readonly kind: keyof typeof abi.kind;
  /** 0 for an ignored device. */
  readonly firstShard: number;
}

/** A device's own memory, looked at by the kernel side. */
export interface Sighting {
  readonly registered: boolean;
  readonly ifindex: number;
  readonly netAddress: bigint;
  readonly name: string;
}

const neverUsed = 0n;
const removed = 1n;

/** The twin of place_of() in bpf/in_flight.h: the top bits of the product. */
const placeOf = (address: bigint, bits: number): number =>
  Math.imul(Number(address & 0xffff_ffffn), 2_654_435_761) >>> (32 - bits);

export class DeviceCache {
  readonly #devices: MappedMemory;
  readonly #sightings: MappedMemory;
  readonly #entries: number;

  constructor(devices: MappedMemory, sightings: MappedMemory, entries: number) {
    this.#devices = devices;
    this.#sightings = sightings;
    this.#entries = entries;
  }

  /** @returns the entry's index, or null when all places that the programs probe are taken */
  insert(entry: CacheEntry): number | null {
    for (let probe = 0; probe < abi.limit.deviceProbes; probe++) {
      const index = (placeOf(entry.address, Math.log2(this.#entries)) + probe) & (this.#entries - 1);
      const held = this.#addressAt(index);
      if (held !== neverUsed && held !== removed) continue;
      const { view } = this.#devices;
      const base = index * abi.device.size;
      view.setBigUint64(base + abi.device.net.offset, entry.netAddress, true);
      view.setUint32(base + abi.device.ifindex.offset, entry.ifindex, true);
      view.setUint16(base + abi.device.firstShard.offset, entry.firstShard, true);
      view.setUint16(base + abi.device.peerBacklog.offset, abi.specialShard.none, true);
      view.setUint8(base + abi.device.kind.offset, abi.kind[entry.kind]);
      for (const { offset } of [abi.device.gro, abi.device.xdp, abi.device.peerXdp])
        view.setUint8(base + offset, 0);
      // The address last: with it the entry is valid.
      this.#setAddress(index, entry.address);
      return index;
    }
    return null;
  }

  remove(index: number): void {
    this.#setAddress(index, removed);
  }

  /** Names a veth's peer: its entry, and the shard in which packets sent on this device wait there. */
  setPeer(index: number, peerIndex: number, backlog: number): void {
    const { view } = this.#devices;
    const base = index * abi.device.size;
    view.setUint32(base + abi.device.peerEntry.offset, peerIndex, true);
    // The programs find both out anew with the next packet, and tell each end's entry.
    for (const { offset } of [abi.device.xdp, abi.device.peerXdp]) view.setUint8(base + offset, 0);
    view.setUint16(base + abi.device.peerBacklog.offset, backlog, true);
  }

  sighting(index: number): Sighting {
    const { view, bytes } = this.#sightings;
    const base = index * abi.sighting.size;
    return {
      registered: view.getUint32(base + abi.sighting.registered.offset, true) === 1,
      ifindex: view.getUint32(base + abi.sighting.ifindex.offset, true),
      netAddress: view.getBigUint64(base + abi.sighting.net.offset, true),
      name: textAt(bytes, base + abi.sighting.name.offset, abi.sighting.name.count),
    };
  }

  #addressAt(index: number): bigint {
    return Atomics.load(this.#devices.words64, (index * abi.device.size + abi.device.dev.offset) / 8);
  }

  #setAddress(index: number, address: bigint): void {
    Atomics.store(this.#devices.words64, (index * abi.device.size + abi.device.dev.offset) / 8, address);
  }
}
