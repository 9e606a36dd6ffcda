// Which devices are measured: learns them from the programs' announcements, gives them shards, tells the
// programs of them, and notices renames, moves and deletions by looking at the devices' own memory.
import * as abi from '../abi/layout.js';
import { type DeviceKind, type Segment, segmentsOf } from '../measure/segments.js';
import type { Announcement, Announcements, Interface } from './announcements.js';
import type { DeviceCache } from './deviceCache.js';
import type { ShardPool } from './shardPool.js';

export interface Device {
  readonly ifindex: number;
  readonly netnsInum: number;
  readonly netns: string;
  readonly kind: DeviceKind;
  name: string;
  peer: Device | null;
  /** gone: deleted or moved to another namespace; its figures remain. */
  state: 'present' | 'gone';
  readonly firstShard: number;
  /** false for the end of a veth pair that is measured for the other end's sake. */
  readonly isWanted: boolean;
}

export interface DeviceTableParts {
  readonly announcements: Announcements;
  readonly cache: DeviceCache;
  readonly pool: ShardPool;
  /** Whether a device of this name in this namespace is to be measured. */
  readonly isWanted: (netns: string, name: string) => boolean;
  readonly netnsName: (inum: number) => string;
  /** Has the kernel look at the cache's entries of these indices. */
  readonly look: (indices: readonly number[]) => void;
}

interface Entry {
  readonly found: Interface;
  readonly index: number;
  /** null for a device that is ignored. */
  readonly device: Device | null;
  /** Ignored only because no histograms were left. */
  readonly lacksRoom: boolean;
}

type Identity = Pick<Interface, 'ifindex' | 'netAddress'>;

const ARPHRD_ETHER = 1;
const cacheKinds = { veth: 'veth', tap: 'tun', tun: 'tun', other: 'other' } as const satisfies Record<
  DeviceKind,
  keyof typeof abi.kind
>;

/** @param hardwareType tap devices are Ethernet, tun devices have no link layer; both are of kind "tun" */
function kindOf(linkKind: string, hardwareType: number): DeviceKind {
  if (linkKind === 'veth') return 'veth';
  if (linkKind === 'tun') return hardwareType === ARPHRD_ETHER ? 'tap' : 'tun';
  return 'other';
}

/** One life of a device: an address is used again, but not with the same ifindex in the same namespace. */
const isSame = (a: Identity, b: Identity): boolean =>
  a.ifindex === b.ifindex && a.netAddress === b.netAddress;

/** The shard of a device's segment, or null when its kind has no such segment. */
export function shardOf(device: Device, segment: Segment): number | null {
  const position = segmentsOf(device.kind).indexOf(segment);
  return position < 0 ? null : device.firstShard + position;
}

export class DeviceTable {
  readonly #parts: DeviceTableParts;
  readonly #entries = new Map<bigint, Entry>();
  #devices: Device[] = [];
  readonly #turnedAway = new Set<bigint>();
  readonly #seenNames = new Set<string>();

  constructor(parts: DeviceTableParts) {
    this.#parts = parts;
  }

  /** Every wanted device since the last forgetGone(), those gone meanwhile included. */
  get devices(): readonly Device[] {
    return this.#devices.filter((device) => device.isWanted);
  }

  /** "netns/name" of every device met, ignored ones included. */
  get seenNames(): readonly string[] {
    return [...this.#seenNames];
  }

  /** Devices that found no room. */
  get turnedAway(): number {
    return this.#turnedAway.size;
  }

  /** Takes the announcements that have come. */
  learn(): void {
    for (const announcement of this.#parts.announcements.take()) this.#admit(announcement);
  }

  /** Looks at the known devices: follows renames, retires what is deleted or moved. */
  refresh(): void {
    const entries = [...this.#entries.values()];
    this.#parts.look(entries.map((entry) => entry.index));
    for (const entry of entries) {
      const seen = this.#parts.cache.sighting(entry.index);
      if (!seen.registered || !isSame(seen, entry.found)) this.#retire(entry);
      else if (entry.device) entry.device.name = seen.name;
    }
  }

  /** Gives the shards of gone devices to others. Only while nothing is measured: their counts go with them. */
  forgetGone(): void {
    for (const { state, firstShard, kind } of this.#devices)
      if (state === 'gone') this.#parts.pool.release(firstShard, segmentsOf(kind).length);
    this.#devices = this.#devices.filter((device) => device.state === 'present');
    // Those turned away are announced anew with their next packet, and may find room now.
    for (const entry of this.#entries.values()) if (entry.lacksRoom) this.#retire(entry);
    this.#turnedAway.clear();
  }

  /** Packets are stamped at one end of a veth pair and matched at the other: both are measured, or none. */
  #admit(announcement: Announcement): void {
    const { peer } = announcement;
    const ends = peer ? [announcement, peer] : [announcement];
    const isMeasured = ends.some((end) => this.#isWanted(end));
    const kind = kindOf(announcement.linkKind, announcement.hardwareType);
    const [one, other] = ends.map((end) => this.#enter(end, kind, isMeasured));
    if (one && other) this.#pair(one, other);
  }

  /** Enters a device in place of whatever had its address; leaves it where it is the same. */
  #enter(found: Interface, kind: DeviceKind, isMeasured: boolean): Entry | null {
    const known = this.#entries.get(found.address);
    if (known && isSame(known.found, found)) return known;
    if (known) this.#retire(known);
    this.#seenNames.add(`${this.#parts.netnsName(found.netnsInum)}/${found.name}`);
    const device = isMeasured ? this.#create(found, kind) : null;
    const index = this.#parts.cache.insert({
      ...found,
      kind: device ? cacheKinds[kind] : 'ignored',
      firstShard: device?.firstShard ?? 0,
    });
    if (index === null || (isMeasured && !device)) this.#turnedAway.add(found.address);
    if (index === null) {
      if (device) this.#parts.pool.release(device.firstShard, segmentsOf(kind).length);
      return null;
    }
    const entry = { found, index, device, lacksRoom: isMeasured && !device };
    this.#entries.set(found.address, entry);
    if (device) this.#devices.push(device);
    return entry;
  }

  #create(found: Interface, kind: DeviceKind): Device | null {
    const firstShard = this.#parts.pool.allocate(segmentsOf(kind).length);
    if (firstShard === null) return null;
    const { ifindex, netnsInum, name } = found;
    const netns = this.#parts.netnsName(netnsInum);
    const isWanted = this.#isWanted(found);
    return { ifindex, netnsInum, netns, kind, name, peer: null, state: 'present', firstShard, isWanted };
  }

  #isWanted({ netnsInum, name }: Interface): boolean {
    return this.#parts.isWanted(this.#parts.netnsName(netnsInum), name);
  }

  #pair(one: Entry, other: Entry): void {
    if (!one.device || !other.device) return;
    one.device.peer = other.device;
    other.device.peer = one.device;
    this.#parts.cache.setPeer(one.index, other.index, shardOf(other.device, 'backlog') ?? 0);
    this.#parts.cache.setPeer(other.index, one.index, shardOf(one.device, 'backlog') ?? 0);
  }

  #retire(entry: Entry): void {
    this.#parts.cache.remove(entry.index);
    this.#entries.delete(entry.found.address);
    if (!entry.device) return;
    entry.device.state = 'gone';
    // Nobody may go on waiting for arrivals on a device that is no more.
    for (const { device, index } of this.#entries.values())
      if (device?.peer === entry.device) this.#parts.cache.setPeer(index, index, abi.specialShard.none);
  }
}
