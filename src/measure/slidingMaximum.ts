// The greatest value of the last while, in a few slots of time: an old one leaves with its slot.

/** With one more slot than the window has parts, no value leaves before the window has passed. */
const parts = 10;
const slots = parts + 1;

export class SlidingMaximum {
  readonly #maxima = new Float64Array(slots);
  /** The time part that each slot is of. */
  readonly #times = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY);

  add(value: number, nowMs: number, windowMs: number): void {
    const time = Math.floor((nowMs * parts) / windowMs);
    const slot = time % slots;
    const isCurrent = this.#times[slot] === time;
    this.#maxima[slot] = isCurrent ? Math.max(this.#maxima[slot] ?? 0, value) : value;
    this.#times[slot] = time;
  }

  /** null when nothing came in the window. */
  at(nowMs: number, windowMs: number): number | null {
    const time = Math.floor((nowMs * parts) / windowMs);
    let greatest: number | null = null;
    for (let slot = 0; slot < slots; slot++) {
      const age = time - (this.#times[slot] ?? Number.NEGATIVE_INFINITY);
      if (age >= 0 && age < slots) greatest = Math.max(greatest ?? 0, this.#maxima[slot] ?? 0);
    }
    return greatest;
  }
}
