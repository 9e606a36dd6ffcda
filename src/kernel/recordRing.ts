// Reads a ring buffer of records of one length in place: no system call, and nothing is allocated a record. Trusts
// nothing that it reads: whatever the ring holds, a read ends, and stays within what is mapped.
import { VifscopeError } from '../errors.js';
import type { MappedRing } from '../libbpf/memory.js';

/** A record's header: its length, with two bits on top. @see include/uapi/linux/bpf.h, BPF_RINGBUF_* */
const headerBytes = 8;
const busyBit = 0x8000_0000;
const discardBit = 0x4000_0000;

/** Takes the record at this byte of the ring's data. @returns null, or why this version can't make sense of it */
export type TakeRecord = (at: number) => string | null;

export interface RecordKind {
  /** In the plural: "events". */
  readonly name: string;
  readonly recordBytes: number;
}

export class RecordRing {
  readonly #ring: MappedRing;
  readonly #kind: RecordKind;
  readonly #byteLength: number;
  #consumed: number;
  /** What the present read has met and can't make sense of. */
  #problem: string | null = null;

  constructor(ring: MappedRing, kind: RecordKind) {
    this.#ring = ring;
    this.#kind = kind;
    // The data is mapped twice in a row.
    this.#byteLength = ring.data.bytes.length / 2;
    this.#consumed = Number(Atomics.load(ring.consumer.words64, 0));
  }

  /**
   * Hands on every finished record in its order. @returns how many
   * @throws VifscopeError FAILED where the ring holds what no program of this version writes; that is passed over, and
   * the next read goes on behind it
   */
  read(take: TakeRecord): number {
    const { producer, consumer } = this.#ring;
    const produced = Number(Atomics.load(producer.words64, 0));
    this.#problem = null;
    const records = this.#isReachable(produced) ? this.#readUpTo(produced, take) : this.#giveUp(produced);
    Atomics.store(consumer.words64, 0, BigInt(this.#consumed));
    if (this.#problem !== null) throw unreadable(this.#kind, this.#problem);
    return records;
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

  #readUpTo(produced: number, take: TakeRecord): number {
    const { data } = this.#ring;
    let records = 0;
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
      if (!(header & discardBit) && this.#isTaken(at + headerBytes, length, take)) records += 1;
      this.#consumed = next;
    }
    return records;
  }

  #isTaken(at: number, length: number, take: TakeRecord): boolean {
    const { recordBytes } = this.#kind;
    const problem =
      length === recordBytes
        ? take(at)
        : `a record of ${length} bytes, where this version has ${recordBytes}`;
    if (problem === null) return true;
    this.#problem ??= problem;
    return false;
  }
}

const unreadable = ({ name }: RecordKind, reason: string): VifscopeError =>
  new VifscopeError({
    code: 'FAILED',
    operation: 'read',
    object: `the programs' ring of ${name}`,
    reason,
    remedy:
      'the programs are of another version or their memory is damaged: install vifscope anew, then measure again',
  });
