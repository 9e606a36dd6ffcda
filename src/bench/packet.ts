// What a load packet carries behind its UDP header: who it is, its place in the flow and when it was sent.
//   0 magic (32 bits) · 4 sequence (32) · 8 send time, CLOCK_MONOTONIC ns (64) · 16 flow (32) · 20 padding

/** "VIFS" */
const magic = 0x56494653;
const carriedBytes = 20;
const ethernetBytes = 14;
const ipAndUdpBytes = 20 + 8;

/** Frames without their check sequence; on tun the same packet is 14 bytes shorter. */
export const frameLimits = { minBytes: 64, maxBytes: ethernetBytes + 1500 } as const;
export const maxSequence = 0xffffffff;

export const payloadBytesOf = (frameBytes: number): number => frameBytes - ethernetBytes - ipAndUdpBytes;

export interface LoadPacket {
  readonly flow: number;
  readonly sequence: number;
  readonly sentAtNs: bigint;
}

/** A packet to be sent again and again: what changes is written in place, nothing is allocated. */
export class PacketWriter {
  readonly bytes: Buffer;
  readonly #view: DataView;

  constructor(flow: number, payloadBytes: number) {
    this.bytes = Buffer.alloc(payloadBytes);
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    this.#view.setUint32(0, magic);
    this.#view.setUint32(16, flow);
  }

  stamp(sequence: number, sentAtNs: bigint): void {
    this.#view.setUint32(4, sequence);
    this.#view.setBigUint64(8, sentAtNs);
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
    sentAtNs: payload.readBigUInt64BE(8),
  };
}
