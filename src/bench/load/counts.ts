// A histogram on its way between processes, and its parts put together: places that counted something, as JSON.
import { bucketIndexOf } from '../../measure/hdr.js';
import { emptyLatencyCounts, type Latency, type LatencyCounts } from '../../measure/histogram.js';

export interface SparseCounts extends Omit<Latency, 'counts'> {
  /** Bucket index and count, as in hdr.ts. */
  readonly buckets: readonly (readonly [index: number, count: number])[];
}

export function sparse({ counts, ...rest }: Readonly<Latency>): SparseCounts {
  const buckets: [number, number][] = [];
  counts.forEach((count, index) => {
    if (count > 0) buckets.push([index, count]);
  });
  return { buckets, ...rest };
}

/** All of these together. */
export function together(parts: readonly SparseCounts[]): LatencyCounts {
  const all = emptyLatencyCounts();
  for (const { buckets, sumNs, minNs, maxNs, total } of parts) {
    for (const [index, count] of buckets) all.counts[index] = (all.counts[index] ?? 0) + count;
    all.sumNs += sumNs;
    all.total += total;
    if (minNs !== null) all.minNs = Math.min(all.minNs ?? minNs, minNs);
    if (maxNs !== null) all.maxNs = Math.max(all.maxNs ?? maxNs, maxNs);
  }
  return all;
}

/** @param ns from 0; a fraction of a nanosecond is cut off */
export function countNs(into: LatencyCounts, ns: number): void {
  const whole = Math.floor(ns);
  const index = bucketIndexOf(whole);
  into.counts[index] = (into.counts[index] ?? 0) + 1;
  into.sumNs += whole;
  into.total += 1;
  into.minNs = Math.min(into.minNs ?? whole, whole);
  into.maxNs = Math.max(into.maxNs ?? whole, whole);
}
