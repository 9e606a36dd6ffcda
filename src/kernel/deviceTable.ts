// Which devices are measured: learns them from the programs' announcements, gives them shards, tells the
// programs of them, and notices renames, moves and deletions by looking at the devices' own memory.
import type * as abi from '../abi/layout.js';
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
  readonly address: bigint;
  readonly netAddress: bigint;
  readonly ifindex: number;
  readonly index: number;
  /** null for a device that is ignored. */
  readonly device: Device | null;
}

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

/** The shard of a device's segment, or null when its kind has no such segment. */
export function shardOf(device: Device, segment: Segment): number | null {
  const position = segmentsOf(device.kind).indexOf(segment);
  return position < 0 ? null : device.firstShard + position;
}

export class DeviceTable {
  readonly #parts: DeviceTableParts;
  readonly #entries = new Map<bigint, Entry>();
  readonly #devices: Device[] = [];
  readonly #turnedAway = new Set<bigint>();
  readonly #seenNames = new Set<string>();

  constructor(parts: DeviceTableParts) {
    this.#parts = parts;
  }

  /** Every device measured so far, those gone included. */
  get devices(): readonly Device[] {
    return this.#devices;
  }

  /** "netns/name" of every device met, ignored ones included. */
  get seenNames(): readonly string[] {
    return [...this.#seenNames];
  }

  /** Devices that found no room. */
  get turnedAway(): number {
    return this.#turnedAway.size;
  }

  /** Takes the announcements that have come. @returns how many */
  learn(): number {
    const announced = this.#parts.announcements.take();
    for (const announcement of announced) this.#admit(announcement);
    return announced.length;
  }

  /** Looks at the known devices: follows renames, retires what is deleted or moved. */
  refresh(): void {
    const entries = [...this.#entries.values()];
    this.#parts.look(entries.map((entry) => entry.index));
    for (const entry of entries) {
      const seen = this.#parts.cache.sighting(entry.index);
      const same = seen.registered && seen.ifindex === entry.ifindex && seen.netAddress === entry.netAddress;
      if (!same) this.#retire(entry);
      else if (entry.device) entry.device.name = seen.name;
    }
  }

  #admit(announcement: Announcement): void {
    const device = this.#enter(announcement, kindOf(announcement.linkKind, announcement.hardwareType));
    if (!announcement.peer) return;
    const peer = this.#enter(announcement.peer, 'veth');
    if (device && peer) this.#pair(announcement.address, announcement.peer.address);
  }

  /** Enters a device, in place of whatever had its address; the one that is there already if it is the same. */
  #enter(found: Interface, kind: DeviceKind): Device | null {
    const known = this.#entries.get(found.address);
    if (known?.ifindex === found.ifindex && known.netAddress === found.netAddress) return known.device;
    if (known) this.#retire(known);
    const netns = this.#parts.netnsName(found.netnsInum);
    this.#seenNames.add(`${netns}/${found.name}`);
    const device = this.#parts.isWanted(netns, found.name) ? this.#create(found, kind, netns) : null;
    const { address, netAddress, ifindex } = found;
    const index = this.#parts.cache.insert({
      address,
      netAddress,
      ifindex,
      kind: device ? cacheKinds[kind] : 'ignored',
      firstShard: device?.firstShard ?? 0,
    });
    if (index === null) {
      this.#turnedAway.add(address);
      return null;
    }
    this.#entries.set(address, { address, netAddress, ifindex, index, device });
    if (device) this.#devices.push(device);
    return device;
  }

  #create({ address, ifindex, netnsInum, name }: Interface, kind: DeviceKind, netns: string): Device | null {
    const firstShard = this.#parts.pool.allocate(segmentsOf(kind).length);
    if (firstShard === null) {
      this.#turnedAway.add(address);
      return null;
    }
    return { ifindex, netnsInum, netns, kind, name, peer: null, state: 'present', firstShard };
  }

  #pair(address: bigint, peerAddress: bigint): void {
    const ends = [this.#entries.get(address), this.#entries.get(peerAddress)];
    const [one, other] = ends;
    if (!one?.device || !other?.device) return;
    one.device.peer = other.device;
    other.device.peer = one.device;
    this.#parts.cache.setPeer(one.index, other.index, shardOf(other.device, 'backlog') ?? 0);
    this.#parts.cache.setPeer(other.index, one.index, shardOf(one.device, 'backlog') ?? 0);
  }

  #retire(entry: Entry): void {
    this.#parts.cache.remove(entry.index);
    this.#entries.delete(entry.address);
    if (entry.device) entry.device.state = 'gone';
  }
}
