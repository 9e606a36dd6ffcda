// The driver's side of a split virtqueue (virtio 1.1, section 2.6), each descriptor with a buffer of its own.
// In: the queue's part of the guest's memory. Out: buffers offered, and how many the device has given back.
import type { MappedMemory } from '../../../src/libbpf/memory.js';

const descriptorBytes = 16;
const VIRTQ_DESC_F_WRITE = 2;
/** Indices count on and wrap. */
const indexModulus = 0x10000;

export type Direction = 'to device' | 'from device';

export interface QueuePlace {
  /** In the guest's memory, a multiple of 16. */
  readonly offset: number;
  /** A power of two. */
  readonly slots: number;
  readonly slotBytes: number;
  readonly direction: Direction;
}

/** Offsets in the guest's memory. */
export interface QueueLayout {
  readonly descriptors: number;
  readonly available: number;
  readonly used: number;
  readonly buffers: number;
  readonly end: number;
}

export function layoutOf({ offset, slots, slotBytes }: QueuePlace): QueueLayout {
  const available = offset + slots * descriptorBytes;
  const used = Math.ceil((available + 4 + slots * 2) / 4) * 4;
  const buffers = Math.ceil((used + 4 + slots * 8) / 16) * 16;
  return { descriptors: offset, available, used, buffers, end: buffers + slots * slotBytes };
}

export class Virtqueue {
  readonly layout: QueueLayout;
  readonly #memory: MappedMemory;
  readonly #indices: Uint16Array;
  readonly #place: QueuePlace;
  #offered = 0;
  #taken = 0;

  constructor(memory: MappedMemory, place: QueuePlace) {
    this.layout = layoutOf(place);
    this.#memory = memory;
    const { buffer, byteOffset, byteLength } = memory.bytes;
    this.#indices = new Uint16Array(buffer, byteOffset, byteLength / 2);
    this.#place = place;
    for (let slot = 0; slot < place.slots; slot++) this.#describe(slot, place.slotBytes);
  }

  get slots(): number {
    return this.#place.slots;
  }

  /** Puts bytes into the next buffers and offers these to the device, all at once. */
  send(messages: readonly Buffer[]): void {
    messages.forEach((message, nth) => {
      const slot = (this.#offered + nth) % this.#place.slots;
      this.#memory.bytes.set(message, this.#bufferOf(slot));
      this.#describe(slot, message.length);
    });
    this.offer(messages.length);
  }

  /** Offers the next buffers to the device. The index goes last, since the device reads what lies below it. */
  offer(count: number): void {
    const { available } = this.layout;
    const { slots } = this.#place;
    for (let nth = 0; nth < count; nth++) {
      const slot = (this.#offered + nth) % slots;
      this.#memory.view.setUint16(available + 4 + slot * 2, slot, true);
    }
    this.#offered = (this.#offered + count) % indexModulus;
    Atomics.store(this.#indices, available / 2 + 1, this.#offered);
  }

  /** How many buffers the device has given back that were not taken yet. */
  get given(): number {
    const index = Atomics.load(this.#indices, this.layout.used / 2 + 1);
    return (index - this.#taken + indexModulus) % indexModulus;
  }

  /** Takes back what the device has given back: for each buffer the bytes that the device wrote there. */
  take(): Buffer[] {
    return Array.from({ length: this.given }, () => {
      const at = this.layout.used + 4 + (this.#taken % this.#place.slots) * 8;
      this.#taken = (this.#taken + 1) % indexModulus;
      const start = this.#bufferOf(this.#memory.view.getUint32(at, true));
      return Buffer.from(this.#memory.bytes.slice(start, start + this.#memory.view.getUint32(at + 4, true)));
    });
  }

  #bufferOf(slot: number): number {
    return this.layout.buffers + slot * this.#place.slotBytes;
  }

  /** The guest's physical addresses are the offsets in its memory. */
  #describe(slot: number, byteLength: number): void {
    const { view } = this.#memory;
    const at = this.layout.descriptors + slot * descriptorBytes;
    view.setBigUint64(at, BigInt(this.#bufferOf(slot)), true);
    view.setUint32(at + 8, byteLength, true);
    view.setUint16(at + 12, this.#place.direction === 'from device' ? VIRTQ_DESC_F_WRITE : 0, true);
    view.setUint16(at + 14, 0, true);
  }
}
