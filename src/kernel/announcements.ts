// Devices that the programs have met and don't know: what the kernel tells of them, read once each.
import * as abi from '../abi/layout.js';
import type { MappedMemory } from '../libbpf/memory.js';

/** Addresses are kernel addresses: identities, never followed here. */
export interface Interface {
  readonly address: bigint;
  readonly netAddress: bigint;
  readonly ifindex: number;
  readonly netnsInum: number;
  readonly name: string;
}

export interface Announcement extends Interface {
  /** ARPHRD_* of include/uapi/linux/if_arp.h. */
  readonly hardwareType: number;
  /** rtnl_link_ops.kind: "veth", "tun", "bridge"; empty for hardware and lo. */
  readonly linkKind: string;
  /** The other end of a veth pair. */
  readonly peer: Interface | null;
}

export class Announcements {
  readonly #memory: MappedMemory;

  constructor(memory: MappedMemory) {
    this.#memory = memory;
  }

  /** Takes every finished announcement and frees its place for the next device. */
  take(): Announcement[] {
    const taken: Announcement[] = [];
    for (let index = 0; index < 2 ** abi.limit.announcementBits; index++) {
      const base = index * abi.announcement.size;
      const stateWord = (base + abi.announcement.state.offset) / 4;
      if (Atomics.load(this.#memory.words32, stateWord) !== abi.announcementState.ready) continue;
      taken.push(this.#read(base));
      Atomics.store(this.#memory.words32, stateWord, abi.announcementState.free);
    }
    return taken;
  }

  #read(base: number): Announcement {
    const { view } = this.#memory;
    const u32 = (field: { offset: number }) => view.getUint32(base + field.offset, true);
    const u64 = (field: { offset: number }) => view.getBigUint64(base + field.offset, true);
    const text = (field: { offset: number; count: number }) =>
      textAt(this.#memory.bytes, base + field.offset, field.count);
    const a = abi.announcement;
    return {
      address: u64(a.dev),
      netAddress: u64(a.net),
      ifindex: u32(a.ifindex),
      netnsInum: u32(a.netnsInum),
      name: text(a.name),
      hardwareType: u32(a.hardwareType),
      linkKind: text(a.linkKind),
      peer: u64(a.peerDev)
        ? {
            address: u64(a.peerDev),
            netAddress: u64(a.peerNet),
            ifindex: u32(a.peerIfindex),
            netnsInum: u32(a.peerNetnsInum),
            name: text(a.peerName),
          }
        : null,
    };
  }
}

/** A NUL-terminated string in mapped memory; any byte but NUL and / may be in a device's name. */
export function textAt(bytes: Uint8Array, offset: number, length: number): string {
  const field = bytes.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('utf8');
}
