// A ring of events in ordinary memory, written as the kernel writes one. @see kernel/bpf/ringbuf.c
import * as abi from '../../../src/abi/layout.js';
import type { MappedRing } from '../../../src/libbpf/memory.js';
import { memoryOf } from './memory.js';

export const busyBit = 0x8000_0000;
export const discardBit = 0x4000_0000;
const headerBytes = 8;

export interface Event {
  readonly timeNs: number;
  readonly content: bigint;
  readonly device: number;
  readonly point: number;
}

export class RingMemory {
  readonly ring: MappedRing;
  readonly byteLength: number;

  constructor(byteLength: number) {
    this.byteLength = byteLength;
    const [consumer, producer, data] = [8, 8, 2 * byteLength].map(memoryOf);
    if (!consumer || !producer || !data) throw new Error('no memory');
    this.ring = { consumer, producer, data, unmap: () => {} };
  }

  get produced(): number {
    return Number(this.ring.producer.words64[0]);
  }

  set produced(position: number) {
    this.ring.producer.words64[0] = BigInt.asUintN(64, BigInt(position));
  }

  get consumed(): number {
    return Number(this.ring.consumer.words64[0]);
  }

  set consumed(position: number) {
    this.ring.consumer.words64[0] = BigInt.asUintN(64, BigInt(position));
  }

  /** Writes into both halves, as the kernel's mapping has them. */
  write(position: number, bytes: Uint8Array): void {
    for (const [at, byte] of bytes.entries()) {
      const place = (position + at) % this.byteLength;
      this.ring.data.bytes[place] = byte;
      this.ring.data.bytes[place + this.byteLength] = byte;
    }
  }

  writeHeader(position: number, header: number): void {
    const bytes = Buffer.alloc(headerBytes);
    bytes.writeUInt32LE(header >>> 0);
    this.write(position, bytes);
  }

  /** @param flags of the header */
  add(record: Uint8Array, flags = 0): void {
    const position = this.produced;
    this.writeHeader(position, (record.length | flags) >>> 0);
    this.write(position + headerBytes, record);
    this.produced = position + headerBytes + Math.ceil(record.length / 8) * 8;
  }

  addEvent(event: Event, flags = 0): void {
    this.add(recordOf(event), flags);
  }
}

export function recordOf({ timeNs, content, device, point }: Event): Buffer {
  const record = Buffer.alloc(abi.event.size);
  record.writeBigUInt64LE(BigInt(timeNs), abi.event.timeNs.offset);
  record.writeBigUInt64LE(content, abi.event.content.offset);
  record.writeUInt16LE(device, abi.event.device.offset);
  record.writeUInt8(point, abi.event.point.offset);
  return record;
}
