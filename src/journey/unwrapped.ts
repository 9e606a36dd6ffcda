// A counter of 32 bits that wraps, as one that never goes back.

export class Unwrapped {
  #last: number;
  #total = 0;

  /** @param now what the counter says now: from here it is counted */
  constructor(now: number) {
    this.#last = now;
  }

  /** To be told at least once in 2^32 steps. @returns how many there were so far */
  follow(now: number): number {
    this.#total += (now - this.#last) >>> 0;
    this.#last = now;
    return this.#total;
  }
}
