// Counts by bucket that hold only the buckets which counted something: a tenth of them for most devices and segments.
// A long interval of many devices is thus a few MB, where an array of all buckets would be 30 kB a device and segment.
import { hdr } from './hdr.js';

/** Anything that can go through its buckets: a plain array of all of them, or these. */
export interface CountsByBucket {
  forEach(visit: (count: number, bucket: number) => void): void;
}

/** The place of a bucket plus one while counts are added; zeros in between, so that all can use the same. */
const places = new Uint16Array(hdr.countsLength);
const firstCapacity = 16;

export class BucketCounts implements CountsByBucket {
  #buckets = new Uint16Array(0);
  #counts = new Float64Array(0);
  #length = 0;

  /** What the counts themselves take. */
  get bytes(): number {
    return this.#buckets.byteLength + this.#counts.byteLength;
  }

  /** Adds the first `length` places of both arrays. @param buckets each at most once, in any order */
  add({ indices: buckets, counts, length }: AddedCounts): void {
    for (let at = 0; at < this.#length; at++) places[this.#buckets[at] ?? 0] = at + 1;
    for (let at = 0; at < length; at++) {
      const bucket = buckets[at] ?? 0;
      const place = (places[bucket] ?? 0) - 1;
      if (place < 0) this.#append(bucket, counts[at] ?? 0);
      else this.#counts[place] = (this.#counts[place] ?? 0) + (counts[at] ?? 0);
    }
    for (let at = 0; at < this.#length; at++) places[this.#buckets[at] ?? 0] = 0;
  }

  /** Each bucket that counted something, in no order. */
  forEach(visit: (count: number, bucket: number) => void): void {
    for (let at = 0; at < this.#length; at++) visit(this.#counts[at] ?? 0, this.#buckets[at] ?? 0);
  }

  #append(bucket: number, count: number): void {
    if (this.#length === this.#buckets.length) this.#grow();
    this.#buckets[this.#length] = bucket;
    this.#counts[this.#length] = count;
    this.#length += 1;
  }

  #grow(): void {
    const capacity = Math.min(Math.max(firstCapacity, this.#length * 2), hdr.countsLength);
    const [buckets, counts] = [new Uint16Array(capacity), new Float64Array(capacity)];
    buckets.set(this.#buckets);
    counts.set(this.#counts);
    this.#buckets = buckets;
    this.#counts = counts;
  }
}

export interface AddedCounts {
  readonly indices: Uint16Array;
  readonly counts: Float64Array;
  readonly length: number;
}
