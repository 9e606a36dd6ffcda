// Reads the ring of events: no system call, and nothing is allocated an event.
import * as abi from '../abi/layout.js';
import { VifscopeError } from '../errors.js';
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

/** Every point of enum vs_point but the invalid one. */
const isKnown = (point: number): boolean => point > abi.point.invalid && point < abi.point.n;

export class EventRing {
  readonly #ring: MappedRing;
  readonly #byteLength: number;
  #consumed: number;
  /** What the present read has met and can't make sense of. */
  #problem: string | null = null;

  constructor(ring: MappedRing, byteLength: number) {
    this.#ring = ring;
    this.#byteLength = byteLength;
    this.#consumed = Number(Atomics.load(ring.consumer.words64, 0));
  }

  /**
   * Hands on every finished event in its order. @returns how many
   * @throws VifscopeError FAILED where the ring holds what no program of this version writes; that is passed over, and
   * the next read goes on behind it
   */
  read(handle: EventHandler): number {
    const { producer, consumer } = this.#ring;
    const produced = Number(Atomics.load(producer.words64, 0));
    this.#problem = null;
    const events = this.#isReachable(produced) ? this.#readUpTo(produced, handle) : this.#giveUp(produced);
    Atomics.store(consumer.words64, 0, BigInt(this.#consumed));
    if (this.#problem !== null) throw unreadable(this.#problem);
    return events;
  }

  /** The kernel's position only rises, and never by more than the ring holds beyond what was read. */
  #isReachable(produced: number): boolean {
    const unread = produced - this.#consumed;
    const areWhole = Number.isSafeInteger(produced) && produced % 8 === 0 && this.#consumed % 8 === 0;
    return areWhole && unread >= 0 && unread <= this.#byteLength;
  }

  #giveUp(produced: number): number {
    this.#problem = `the kernel is at byte ${produced} of it, the reader at byte ${this.#consumed}`;
    this.#consumed = produced;
    return 0;
  }

  #readUpTo(produced: number, handle: EventHandler): number {
    const { data } = this.#ring;
    let events = 0;
    while (this.#consumed < produced) {
      const at = this.#consumed & (this.#byteLength - 1);
      const header = Atomics.load(data.words32, at / 4);
      // Its program hasn't finished it; those behind it wait, so that the order stays.
      if (header >= busyBit) break;
      const length = header & ~discardBit;
      const next = this.#consumed + headerBytes + Math.ceil(length / 8) * 8;
      if (next > produced) {
        this.#problem ??= `a record of ${length} bytes ends behind what was written`;
        this.#consumed = produced;
        break;
      }
      if (!(header & discardBit) && this.#take(at + headerBytes, length, handle)) events += 1;
      this.#consumed = next;
    }
    return events;
  }

  #take(at: number, length: number, handle: EventHandler): boolean {
    const { words32, bytes, view } = this.#ring.data;
    const point = bytes[at + abi.event.point.offset] ?? 0;
    if (length !== abi.event.size || !isKnown(point)) {
      this.#problem ??=
        length === abi.event.size
          ? `an event at hook ${point}, which this version does not know`
          : `a record of ${length} bytes, where this version has ${abi.event.size}`;
      return false;
    }
    const event = at / 4;
    handle(
      (words32[event + timeWord + 1] ?? 0) * twoPow32 + (words32[event + timeWord] ?? 0),
      words32[event + contentWord + 1] ?? 0,
      words32[event + contentWord] ?? 0,
      view.getUint16(at + abi.event.device.offset, true),
      point,
    );
    return true;
  }
}

const unreadable = (reason: string): VifscopeError =>
  new VifscopeError({
    code: 'FAILED',
    operation: 'read',
    object: "the programs' ring of events",
    reason,
    remedy:
      'the programs are of another version or their memory is damaged: install vifscope anew, then measure again',
  });
