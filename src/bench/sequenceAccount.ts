// What became of a flow's packets, by their sequence numbers: one bit a packet, whatever order they come in.

export class SequenceAccount {
  readonly #seen: Uint8Array;
  readonly #capacity: number;
  #nextExpected = 0;
  #received = 0;
  #reordered = 0;
  #duplicated = 0;

  /** `capacity`: sequence numbers run from 0 to below it. */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#seen = new Uint8Array(Math.ceil(capacity / 8));
  }

  /** Different packets seen so far. */
  get distinct(): number {
    return this.#received - this.#duplicated;
  }

  /** Counts a packet; false if its number can't be one of the flow. */
  take(sequence: number): boolean {
    if (sequence >= this.#capacity) return false;
    const index = sequence >>> 3;
    const bit = 1 << (sequence & 7);
    const byte = this.#seen[index] ?? 0;
    this.#received++;
    if (byte & bit) {
      this.#duplicated++;
      return true;
    }
    this.#seen[index] = byte | bit;
    // RFC 4737, section 3.4: late is what is below the highest number seen before it.
    if (sequence < this.#nextExpected) this.#reordered++;
    else this.#nextExpected = sequence + 1;
    return true;
  }

  /** The account of a flow of which numbers 0 to `sent` - 1 were sent. */
  summary(sent: number) {
    let missing = 0;
    let gaps = 0;
    let inGap = false;
    for (let sequence = 0; sequence < sent; sequence++) {
      const seen = ((this.#seen[sequence >>> 3] ?? 0) >> (sequence & 7)) & 1;
      if (seen === 0) missing++;
      if (seen === 0 && !inGap) gaps++;
      inGap = seen === 0;
    }
    return {
      received: this.#received,
      reordered: this.#reordered,
      duplicated: this.#duplicated,
      missing,
      gaps,
    };
  }
}
