// Latency histograms of one device and segment, and the figures read from them.
// In: bucket counts with their exact sum, minimum and maximum. Out: Figures, percentiles, HdrHistogram V2.
import { decodeFromCompressedBase64, encodeIntoCompressedBase64, Float64Histogram } from 'hdr-histogram-js';
import type { CountsByBucket } from './bucketCounts.js';
import { hdr, highestValueOf } from './hdr.js';
import type { Figures } from './snapshot.js';

/** Samples of one device and segment, all shards together. */
export interface Latency<Counts extends CountsByBucket = CountsByBucket> {
  counts: Counts;
  /**
   * A number, not a bigint: it only ever becomes a mean and a Prometheus sum, both doubles. Beyond 2^53 ns
   * (104 days of waiting added up) an addition is off by one part in 2^53 at most, and never goes back.
   */
  sumNs: number;
  /** Exact, null without a sample. */
  minNs: number | null;
  /** Exact, null without a sample; may lie beyond the last bucket. */
  maxNs: number | null;
  /** Samples: the sum of counts. */
  total: number;
}

/** With one count a bucket: 3840, indexed as in hdr.ts. */
export type LatencyCounts = Latency<Float64Array>;

const lastEdgeNs = highestValueOf(hdr.countsLength - 1);

/** A histogram without a sample. */
export function emptyLatencyCounts(): LatencyCounts {
  return { counts: new Float64Array(hdr.countsLength), sumNs: 0, minNs: null, maxNs: null, total: 0 };
}

/** The figures of the snapshot: times in whole ns, null without a sample. */
export function figuresOf(latency: Readonly<Latency>): Figures {
  const histogram = hdrHistogramOf(latency.counts);
  const at = (percentile: number) => percentileOf(histogram, percentile, latency.minNs, latency.maxNs);
  return {
    count: latency.total,
    minNs: latency.minNs,
    meanNs: latency.total === 0 ? null : Math.round(latency.sumNs / latency.total),
    p50Ns: at(50),
    p90Ns: at(90),
    p99Ns: at(99),
    p999Ns: at(99.9),
    p9999Ns: at(99.99),
    maxNs: latency.maxNs,
    histogram: encodeIntoCompressedBase64(histogram),
  };
}

/**
 * A percentile by HdrHistogram's rule: the greatest value of the bucket in which it falls, but no more than
 * the exact maximum and no less than the exact minimum.
 * @param percentile above 0, at most 100
 * @returns whole ns, or null without a sample
 */
export function percentileOf(
  histogram: Float64Histogram,
  percentile: number,
  minNs: number | null,
  maxNs: number | null,
): number | null {
  if (histogram.totalCount === 0) return null;
  const edgeNs = histogram.getValueAtPercentile(percentile);
  // Samples beyond the last bucket are counted in it: there the exact maximum is the only bound.
  const boundNs = edgeNs === lastEdgeNs ? Number.POSITIVE_INFINITY : edgeNs;
  return Math.max(Math.min(boundNs, maxNs ?? edgeNs), minNs ?? 0);
}

/** The counts as an HdrHistogram with 64-bit buckets (at 32 bits counts wrap silently). */
export function hdrHistogramOf(counts: CountsByBucket): Float64Histogram {
  const histogram = new Float64Histogram(hdr.lowestNs, hdr.highestNs, hdr.significantDigits);
  counts.forEach((count, index) => {
    if (count > 0) histogram.setCountAtIndex(index, count);
  });
  histogram.establishInternalTackingValues();
  return histogram;
}

/**
 * Reads a histogram of the snapshot back.
 * @param base64 HdrHistogram V2, compressed, of this project's geometry
 * @throws Error when the text is no such histogram
 */
export function decodeHistogram(base64: string): Float64Histogram {
  const histogram = decodeFromCompressedBase64(base64, 64, false);
  if (histogram instanceof Float64Histogram && histogram.countsArrayLength === hdr.countsLength)
    return histogram;
  throw new Error('not a histogram of 2 significant digits from 1 ns to 68 s');
}
