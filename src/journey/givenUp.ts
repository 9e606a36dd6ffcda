// Which journeys were given up for want of room: what comes of their packets later is not to be taken for a whole.

/** Of each set. */
const remembered = 8;

export class GivenUp {
  readonly #keys: Uint32Array;
  readonly #timesNs: Float64Array;
  /** So far, by set. */
  readonly #counts: Uint32Array;

  constructor(sets: number) {
    this.#keys = new Uint32Array(sets * remembered);
    this.#timesNs = new Float64Array(sets * remembered);
    this.#counts = new Uint32Array(sets);
  }

  note(set: number, key: number, nowNs: number): void {
    const count = this.#counts[set] ?? 0;
    const place = set * remembered + (count % remembered);
    this.#keys[place] = key;
    this.#timesNs[place] = nowNs;
    this.#counts[set] = count + 1;
  }

  /** Whether this key may have been given up within that time; true for all where a set can't remember so many. */
  mayHold(set: number, key: number, nowNs: number, withinNs: number): boolean {
    const count = this.#counts[set] ?? 0;
    if (count === 0) return false;
    const first = set * remembered;
    const isRecent = (place: number) => Math.abs(nowNs - (this.#timesNs[place] ?? 0)) <= withinNs;
    if (count > remembered && isRecent(first + (count % remembered))) return true;
    for (let place = first; place < first + Math.min(remembered, count); place++)
      if (this.#keys[place] === key && isRecent(place)) return true;
    return false;
  }
}
