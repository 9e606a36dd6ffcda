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

/** Whole numbers from here on have no counter of their own: 2^36 ns, the end of the last bucket. */
const endNs = subBucketCount * 2 ** (bucketCount - 1);

/** One over the distance of values in a bucket: exact, and a power takes eight times as long. */
const scaleOf = Float64Array.from({ length: bucketCount }, (_, bucket) => 2 ** -bucket);

/** Position of the highest bit that is set, for whole numbers from 1 to 2^53 - 1. */
function highestBit(value: number): number {
  // Math.log2 rounds up just below large powers of two; counting zeros does not.
  return value < twoPow32 ? 31 - Math.clz32(value) : 63 - Math.clz32(Math.floor(value / twoPow32));
}

/**
 * The counter in which a latency is counted; what lies beyond the last counter is counted there.
 * @param valueNs whole, from 0
 * @see HdrHistogram, AbstractHistogram.countsArrayIndex
 */
export function bucketIndexOf(valueNs: number): number {
  if (valueNs < subBucketCount) return valueNs;
  if (valueNs >= endNs) return hdr.countsLength - 1;
  const bucket = highestBit(valueNs) - highestBit(subBucketHalfCount);
  return bucket * subBucketHalfCount + Math.floor(valueNs * (scaleOf[bucket] ?? 1));
}

/** The power of two by which the values of a counter are spaced. */
const bucketOf = (index: number): number => Math.max(Math.floor(index / subBucketHalfCount) - 1, 0);

/** The least latency, in ns, that is counted at this index (0 to 3839). */
export function lowestValueOf(index: number): number {
  const bucket = bucketOf(index);
  return (index - bucket * subBucketHalfCount) * 2 ** bucket;
}

/** The greatest latency, in ns, that is counted at this index (0 to 3839); clamped ones aside. */
export function highestValueOf(index: number): number {
  return lowestValueOf(index) + 2 ** bucketOf(index) - 1;
}
