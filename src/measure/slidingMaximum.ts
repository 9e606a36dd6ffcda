// The greatest value of the last while, in a few slots of time: an old one leaves with its slot.

/** With one more slot than the window has parts, no value leaves before the window has passed. */
const parts = 10;
const slots = parts + 1;

export class SlidingMaximum {
  readonly #maxima = new Float64Array(slots);
  /** When the part of time began that each slot is of: in ms, for the window may change. */
  readonly #startsMs = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY);

  add(value: number, nowMs: number, windowMs: number): void {
    const part = partAt(nowMs, windowMs);
    const startMs = startOf(part, windowMs);
    const slot = part % slots;
    const isCurrent = this.#startsMs[slot] === startMs;
    this.#maxima[slot] = isCurrent ? Math.max(this.#maxima[slot] ?? 0, value) : value;
    this.#startsMs[slot] = startMs;
  }

  /** null when nothing came in the window. */
  at(nowMs: number, windowMs: number): number | null {
    const sinceMs = startOf(partAt(nowMs, windowMs) - parts, windowMs);
    let greatest: number | null = null;
    for (let slot = 0; slot < slots; slot++)
      if ((this.#startsMs[slot] ?? Number.NEGATIVE_INFINITY) >= sinceMs)
        greatest = Math.max(greatest ?? 0, this.#maxima[slot] ?? 0);
    return greatest;
  }
}

const partAt = (nowMs: number, windowMs: number): number => Math.floor((nowMs * parts) / windowMs);
const startOf = (part: number, windowMs: number): number => (part * windowMs) / parts;
