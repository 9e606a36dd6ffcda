// Puts an increment together from the copies of a segment on all CPUs. One object serves all segments in turn, so that no
// reading allocates.
import { finest, finestIndices, type Geometry } from './hdr.js';
import { type Increment, noOutcomes, type Outcomes } from './increment.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const nothing = { length: 0, matched: 0, sumNs: 0, minNs: null, maxNs: null, ...noOutcomes } as const;

export class IncrementBuilder {
  readonly #geometry: Geometry;
  readonly #finestIndices: Uint16Array;
  /** Samples of all copies by bucket; zeros in between. */
  readonly #merged: Float64Array;
  readonly #increment: Mutable<Increment>;

  /** @param geometry of the copies; increments are of the finest */
  constructor(geometry: Geometry = finest) {
    this.#geometry = geometry;
    this.#finestIndices = finestIndices(geometry);
    this.#merged = new Float64Array(geometry.countsLength);
    this.#increment = {
      ...nothing,
      indices: new Uint16Array(geometry.countsLength),
      counts: new Float64Array(geometry.countsLength),
    };
  }

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
    let [lowest, highest] = [this.#geometry.countsLength, -1];
    for (let at = 0; at < length; at++) {
      const bucket = indices[at] ?? 0;
      const count = this.#merged[bucket] ?? 0;
      this.#merged[bucket] = 0;
      counts[at] = count;
      indices[at] = this.#finestIndices[bucket] ?? 0;
      increment.matched += count;
      if (bucket < lowest) lowest = bucket;
      if (bucket > highest) highest = bucket;
    }
    // A program counts a sample first and raises the extremes after it. Where the reading came in between, the
    // extreme is of another bucket than the outermost sample: then the bucket's edge, a bucket's width away, stands for it.
    if (length === 0) Object.assign(increment, { minNs: null, maxNs: null });
    else {
      if (!this.#isIn(lowest, increment.minNs)) increment.minNs = this.#geometry.lowestValueOf(lowest);
      if (!this.#isIn(highest, increment.maxNs)) increment.maxNs = this.#geometry.highestValueOf(highest);
    }
    return increment;
  }

  #isIn(bucket: number, ns: number | null): boolean {
    return ns !== null && this.#geometry.indexOf(ns) === bucket;
  }
}
