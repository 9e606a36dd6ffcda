// Puts an increment together from the copies of a segment on all CPUs. One object serves all segments in turn, so that no
// reading allocates.
import { bucketIndexOf, hdr, highestValueOf, lowestValueOf } from './hdr.js';
import { type Increment, noOutcomes, type Outcomes } from './increment.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const nothing = { length: 0, matched: 0, sumNs: 0, minNs: null, maxNs: null, ...noOutcomes } as const;
const isIn = (bucket: number, ns: number | null): boolean => ns !== null && bucketIndexOf(ns) === bucket;

export class IncrementBuilder {
  /** Samples of all copies by bucket; zeros in between. */
  readonly #merged = new Float64Array(hdr.countsLength);
  readonly #increment: Mutable<Increment> = {
    ...nothing,
    indices: new Uint16Array(hdr.countsLength),
    counts: new Float64Array(hdr.countsLength),
  };

  begin(): void {
    Object.assign(this.#increment, nothing);
  }

  addSamples(bucket: number, count: number): void {
    const merged = this.#merged[bucket] ?? 0;
    if (merged === 0) this.#increment.indices[this.#increment.length++] = bucket;
    this.#merged[bucket] = merged + count;
  }

  addSum(ns: number): void {
    this.#increment.sumNs += ns;
  }

  addOutcome(outcome: keyof Outcomes, count: number): void {
    this.#increment[outcome] += count;
  }

  /** Takes in an extreme of a copy, the least or the greatest. */
  stretch(ns: number): void {
    this.#increment.minNs = Math.min(this.#increment.minNs ?? ns, ns);
    this.#increment.maxNs = Math.max(this.#increment.maxNs ?? ns, ns);
  }

  /** Valid until the next begin(). */
  finish(): Increment {
    const increment = this.#increment;
    const { indices, counts, length } = increment;
    let [lowest, highest] = [hdr.countsLength as number, -1];
    for (let at = 0; at < length; at++) {
      const bucket = indices[at] ?? 0;
      const count = this.#merged[bucket] ?? 0;
      this.#merged[bucket] = 0;
      counts[at] = count;
      increment.matched += count;
      if (bucket < lowest) lowest = bucket;
      if (bucket > highest) highest = bucket;
    }
    // A program counts a sample first and raises the extremes after it. Where the reading came in between, the
    // extreme is of another bucket than the outermost sample: then the bucket's edge, 0.8 % away, stands for it.
    if (length === 0) Object.assign(increment, { minNs: null, maxNs: null });
    else {
      if (!isIn(lowest, increment.minNs)) increment.minNs = lowestValueOf(lowest);
      if (!isIn(highest, increment.maxNs)) increment.maxNs = highestValueOf(highest);
    }
    return increment;
  }
}
