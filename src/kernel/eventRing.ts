// Reads the ring of events: no system call, and nothing is allocated an event.
import * as abi from '../abi/layout.js';
import type { MappedRing } from '../libbpf/memory.js';

/** A record's header: its length, with two bits on top. @see include/uapi/linux/bpf.h, BPF_RINGBUF_* */
const headerBytes = 8;
const busyBit = 0x8000_0000;
const discardBit = 0x4000_0000;
const twoPow32 = 2 ** 32;

const word = (field: { readonly offset: number }): number => field.offset / 4;
const timeWord = word(abi.event.timeNs);
const contentWord = word(abi.event.content);

/** Takes one event; content in two halves, device as its first shard. */
export type EventHandler = (
  timeNs: number,
  contentHigh: number,
  contentLow: number,
  device: number,
  point: number,
) => void;

export class EventRing {
  readonly #ring: MappedRing;
  readonly #mask: number;
  #consumed: number;

  constructor(ring: MappedRing, byteLength: number) {
    this.#ring = ring;
    this.#mask = byteLength - 1;
    this.#consumed = Number(Atomics.load(ring.consumer.words64, 0));
  }

  /** Hands on every finished event in its order. @returns how many */
  read(handle: EventHandler): number {
    const { producer, data, consumer } = this.#ring;
    const produced = Number(Atomics.load(producer.words64, 0));
    const { words32, bytes, view } = data;
    let events = 0;
    while (this.#consumed < produced) {
      const at = this.#consumed & this.#mask;
      const length = Atomics.load(words32, at / 4);
      // Its program hasn't finished it; those behind it wait, so that the order stays.
      if (length >= busyBit) break;
      if (!(length & discardBit)) {
        const event = (at + headerBytes) / 4;
        handle(
          (words32[event + timeWord + 1] ?? 0) * twoPow32 + (words32[event + timeWord] ?? 0),
          words32[event + contentWord + 1] ?? 0,
          words32[event + contentWord] ?? 0,
          view.getUint16(at + headerBytes + abi.event.device.offset, true),
          bytes[at + headerBytes + abi.event.point.offset] ?? 0,
        );
        events += 1;
      }
      this.#consumed += headerBytes + Math.ceil((length & ~discardBit) / 8) * 8;
    }
    Atomics.store(consumer.words64, 0, BigInt(this.#consumed));
    return events;
  }
}
