// Which devices are measured: learns them from the programs' announcements, gives them shards, tells the
// programs of them, and notices renames, moves and deletions by looking at the devices' own memory.
import * as abi from '../abi/layout.js';
import type { IsWanted } from '../measure/devicePatterns.js';
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
  /** gone: deleted or moved to another namespace; programs may still count a packet or two on it. */
  state: 'present' | 'gone';
  readonly firstShard: number;
  /** false for the end of a veth pair that is measured for the other end's sake. */
  readonly isWanted: boolean;
}

export interface DeviceTableParts {
  readonly announcements: Announcements;
  readonly cache: DeviceCache;
  readonly pool: ShardPool;
  readonly netnsName: (inum: number) => string;
  /** Has the kernel look at the cache's entries of these indices; returns those that it did look at. */
  readonly look: (indices: readonly number[]) => readonly number[];
}

interface Entry {
  readonly found: Interface;
  readonly netns: string;
  readonly index: number;
  /** null for a device that is ignored. */
  readonly device: Device | null;
  /** Ignored only because no histograms were left. */
  readonly lacksRoom: boolean;
}

type Identity = Pick<Interface, 'ifindex' | 'netAddress'>;

const ARPHRD_ETHER = 1;
/** How long a shard rests before another device gets it: far longer than a program runs. */
const restMs = 2_000;
/** What a host's daemon remembers of names and of devices without room, however many come and go. */
const mostRemembered = 4_096;
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

/** One life of a device: an address is used again, but hardly with the same ifindex in the same namespace. */
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
  readonly #present = new Set<Device>();
  /** Since when each is gone, in ms of performance.now(). */
  readonly #gone = new Map<Device, number>();
  readonly #turnedAway = new Set<bigint>();
  readonly #seenNames = new Set<string>();
  #turnedAwayTotal = 0;
  #isWanted: IsWanted;

  /** @param isWanted whether a device of this name in this namespace is to be measured */
  constructor(parts: DeviceTableParts, isWanted: IsWanted) {
    this.#parts = parts;
    this.#isWanted = isWanted;
  }

  /** Every wanted device, those gone until their shards are given up included. */
  get devices(): readonly Device[] {
    return [...this.#present, ...this.#gone.keys()].filter((device) => device.isWanted);
  }

  /** "netns/name" of every device met, ignored ones included. */
  get seenNames(): readonly string[] {
    return [...this.#seenNames];
  }

  /** Devices that find no room now. */
  get turnedAway(): number {
    return this.#turnedAway.size;
  }

  /** How often a device was found to have no room, over the table's life. */
  get turnedAwayTotal(): number {
    return this.#turnedAwayTotal;
  }

  /** Takes the announcements that have come. */
  learn(): void {
    for (const announcement of this.#parts.announcements.take()) this.#admit(announcement);
  }

  /**
   * Looks at the known devices: follows renames, retires what is deleted or moved. What comes after in the same places,
   * a device, its namespace and both their numbers, has nothing else of its own than the name of its namespace.
   */
  refresh(): void {
    const seen = new Set(this.#parts.look([...this.#entries.values()].map((entry) => entry.index)));
    for (const entry of [...this.#entries.values()]) {
      if (!seen.has(entry.index)) continue;
      const sighting = this.#parts.cache.sighting(entry.index);
      const isHere = sighting.registered && isSame(sighting, entry.found);
      if (!isHere || this.#parts.netnsName(entry.found.netnsInum) !== entry.netns) this.#retire(entry);
      else if (entry.device) entry.device.name = sighting.name;
    }
  }

  /** From now on these devices are wanted; what that changes is learnt anew with the next packet. */
  reconsider(isWanted: IsWanted): void {
    this.#isWanted = isWanted;
    for (const entry of [...this.#entries.values()])
      if (this.#wants(entry.found) !== (entry.device?.isWanted ?? false)) this.#retire(entry);
  }

  /** Gone devices on which no program can count any more: to be given up after a last reading. */
  get rested(): readonly Device[] {
    const now = performance.now();
    return [...this.#gone].filter(([, sinceMs]) => now - sinceMs >= restMs).map(([device]) => device);
  }

  /** Frees a gone device's shards for others. */
  giveUp(device: Device): void {
    this.#gone.delete(device);
    this.#parts.pool.release(device.firstShard, segmentsOf(device.kind).length);
    this.#retryTurnedAway();
  }

  /** Devices without room are announced anew with their next packet, and may find room then. */
  #retryTurnedAway(): void {
    for (const entry of [...this.#entries.values()]) if (entry.lacksRoom) this.#retire(entry);
    this.#turnedAway.clear();
  }

  /** Packets are stamped at one end of a veth pair and matched at the other: both are measured, or none. */
  #admit(announcement: Announcement): void {
    const { peer } = announcement;
    const ends = peer ? [announcement, peer] : [announcement];
    const isMeasured = ends.some((end) => this.#wants(end));
    const kind = kindOf(announcement.linkKind, announcement.hardwareType);
    const [one, other] = ends.map((end) => this.#enter(end, kind, isMeasured));
    if (one && other) this.#pair(one, other);
  }

  /** Enters a device in place of whatever had its address; leaves it where it is the same. */
  #enter(found: Interface, kind: DeviceKind, isMeasured: boolean): Entry | null {
    const known = this.#entries.get(found.address);
    if (known && isSame(known.found, found)) return known;
    if (known) this.#retire(known);
    const netns = this.#parts.netnsName(found.netnsInum);
    if (this.#seenNames.size < mostRemembered) this.#seenNames.add(`${netns}/${found.name}`);
    const device = isMeasured ? this.#create(found, netns, kind) : null;
    const index = this.#parts.cache.insert({
      ...found,
      kind: device ? cacheKinds[kind] : 'ignored',
      firstShard: device?.firstShard ?? 0,
    });
    if (index === null || (isMeasured && !device)) this.#turnAway(found.address);
    if (index === null) {
      if (device) this.#parts.pool.release(device.firstShard, segmentsOf(kind).length);
      return null;
    }
    const entry = { found, netns, index, device, lacksRoom: isMeasured && !device };
    this.#entries.set(found.address, entry);
    if (device) this.#present.add(device);
    return entry;
  }

  #turnAway(address: bigint): void {
    if (this.#turnedAway.has(address)) return;
    if (this.#turnedAway.size === mostRemembered) this.#turnedAway.clear();
    this.#turnedAway.add(address);
    this.#turnedAwayTotal += 1;
  }

  #create(found: Interface, netns: string, kind: DeviceKind): Device | null {
    const firstShard = this.#parts.pool.allocate(segmentsOf(kind).length);
    if (firstShard === null) return null;
    const { ifindex, netnsInum, name } = found;
    const isWanted = this.#wants(found);
    return { ifindex, netnsInum, netns, kind, name, peer: null, state: 'present', firstShard, isWanted };
  }

  #wants({ netnsInum, name }: Interface): boolean {
    return this.#isWanted(this.#parts.netnsName(netnsInum), name);
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
    this.#present.delete(entry.device);
    this.#gone.set(entry.device, performance.now());
    // Nobody may go on waiting for arrivals on a device that is no more.
    for (const { device, index } of this.#entries.values())
      if (device?.peer === entry.device) this.#parts.cache.setPeer(index, index, abi.specialShard.none);
  }
}
