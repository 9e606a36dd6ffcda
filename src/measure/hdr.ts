// Geometry of the kernel's histograms: HdrHistogram's index with 2 significant digits from 1 ns to 68 s.
// In: a latency or a bucket index. Out: the other one. The kernel side computes the same in its histogram header.

const subBucketCount = 256;
const subBucketHalfCount = subBucketCount / 2;
const bucketCount = 29;

/** The parameters that make an HdrHistogram of this geometry, and the sizes that follow from them. */
export const hdr = {
  lowestNs: 1,
  highestNs: 68_000_000_000,
  significantDigits: 2,
  subBucketCount,
  subBucketHalfCount,
  bucketCount,
  /** Counters of one histogram; the first bucket uses both of its halves, every other one the upper half. */
  countsLength: (bucketCount + 1) * subBucketHalfCount,
} as const;

const twoPow32 = 2 ** 32;

/** log2 of the end of the last bucket: longer latencies are counted in it. */
const latencyBits = 36;

/** Position of the highest bit that is set, for whole numbers from 1 to 2^53 - 1. */
function highestBit(value: number): number {
  // Math.log2 rounds up just below large powers of two; counting zeros does not.
  return value < twoPow32 ? 31 - Math.clz32(value) : 63 - Math.clz32(Math.floor(value / twoPow32));
}

/** Where latencies are counted in a histogram of 2^subBucketBits linear buckets, and half as many a power of two then. */
export class Geometry {
  /** Counters of one histogram. */
  readonly countsLength: number;
  /** Of a bucket, at most, to its values: 0.0078 with 8 bits. */
  readonly bucketWidthRatio: number;
  readonly #linear: number;
  readonly #half: number;
  /** One over the distance of values in a bucket: exact, and a power takes eight times as long. */
  readonly #scaleOf: Float64Array;

  constructor(readonly subBucketBits: number) {
    this.#linear = 2 ** subBucketBits;
    this.#half = this.#linear / 2;
    const bucketCount = latencyBits - subBucketBits + 1;
    this.countsLength = (bucketCount + 1) * this.#half;
    this.bucketWidthRatio = 1 / this.#half;
    this.#scaleOf = Float64Array.from({ length: bucketCount }, (_, bucket) => 2 ** -bucket);
  }

  /**
   * The counter in which a latency is counted; what lies beyond the last counter is counted there.
   * @param valueNs whole, from 0
   * @see HdrHistogram, AbstractHistogram.countsArrayIndex
   */
  indexOf(valueNs: number): number {
    if (valueNs < this.#linear) return valueNs;
    if (valueNs >= 2 ** latencyBits) return this.countsLength - 1;
    const bucket = highestBit(valueNs) - this.subBucketBits + 1;
    return bucket * this.#half + Math.floor(valueNs * (this.#scaleOf[bucket] ?? 1));
  }

  /** The least latency, in ns, that is counted at this index. */
  lowestValueOf(index: number): number {
    const bucket = this.#bucketOf(index);
    return (index - bucket * this.#half) * 2 ** bucket;
  }

  /** The greatest latency, in ns, that is counted at this index; clamped ones aside. */
  highestValueOf(index: number): number {
    return this.lowestValueOf(index) + 2 ** this.#bucketOf(index) - 1;
  }

  /** The power of two by which the values of a counter are spaced. */
  #bucketOf(index: number): number {
    return Math.max(Math.floor(index / this.#half) - 1, 0);
  }
}

/** The geometry of everything outside the kernel, and of the kernel where there is memory for it. */
export const finest = new Geometry(8);

/** In the finest geometry. */
export const bucketIndexOf = (valueNs: number): number => finest.indexOf(valueNs);
export const lowestValueOf = (index: number): number => finest.lowestValueOf(index);
export const highestValueOf = (index: number): number => finest.highestValueOf(index);

/**
 * For each counter of a geometry the one of the finest in which its greatest latency is counted: there its samples stand
 * for a percentile, as the greatest value of their bucket.
 */
export const finestIndices = (geometry: Geometry): Uint16Array =>
  Uint16Array.from({ length: geometry.countsLength }, (_, index) =>
    finest.indexOf(geometry.highestValueOf(index)),
  );
