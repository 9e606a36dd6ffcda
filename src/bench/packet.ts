// What a load packet carries behind its UDP header: who it is, its place in the flow and when it was to be sent.
//   0 magic (32 bits) · 4 sequence (32) · 8 scheduled time, CLOCK_MONOTONIC ns (64) · 16 flow (32) · 20 padding
// The kernel side that reads it: bpf/arrival.bpf.c.

/** "VIFS" */
const magic = 0x56494653;
const carriedBytes = 20;
const ethernetBytes = 14;
const ipAndUdpBytes = 20 + 8;
const twoPow32 = 2 ** 32;

/** Frames without their check sequence; on tun the same packet is 14 bytes shorter. */
export const frameLimits = { minBytes: 64, maxBytes: ethernetBytes + 1500 } as const;
export const maxSequence = 0xffffffff;

export const payloadBytesOf = (frameBytes: number): number => frameBytes - ethernetBytes - ipAndUdpBytes;

export interface LoadPacket {
  readonly flow: number;
  readonly sequence: number;
  readonly scheduledNs: bigint;
}

/** Packets to be sent again and again: what changes is written in place, nothing is allocated. */
export class PacketWriter {
  readonly #view: DataView;

  /** @param data its own from now on, in slots of the same length */
  constructor(data: Buffer) {
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  /** What all packets of a flow have; `at`: where one begins. */
  prepare(at: number, flow: number): void {
    this.#view.setUint32(at, magic);
    this.#view.setUint32(at + 16, flow);
  }

  /** @param scheduledNs whole; beyond 2^53, which is after 104 days, the last bits are lost */
  stamp(at: number, sequence: number, scheduledNs: number): void {
    const high = Math.floor(scheduledNs / twoPow32);
    this.#view.setUint32(at + 4, sequence);
    this.#view.setUint32(at + 8, high);
    this.#view.setUint32(at + 12, scheduledNs - high * twoPow32);
  }
}

/** The sequence number of a packet of this flow, or null if it is none. */
export function sequenceOf(data: Buffer, offset: number, byteLength: number, flow: number): number | null {
  if (byteLength < carriedBytes || data.readUInt32BE(offset) !== magic) return null;
  return data.readUInt32BE(offset + 16) === flow ? data.readUInt32BE(offset + 4) : null;
}

/** All that a payload carries, or null if it is none of ours. */
export function decodePacket(payload: Buffer): LoadPacket | null {
  if (payload.length < carriedBytes || payload.readUInt32BE(0) !== magic) return null;
  return {
    flow: payload.readUInt32BE(16),
    sequence: payload.readUInt32BE(4),
    scheduledNs: payload.readBigUInt64BE(8),
  };
}
