// Holds the samples of a segment against the bursts in which they were taken. Pure.
import { hdr, lowestValueOf } from '../../../src/measure/hdr.js';
import { decodeHistogram } from '../../../src/measure/histogram.js';
import type { SegmentLine } from '../../../src/measure/snapshot.js';
import type { Burst } from './report.js';

/**
 * No packet has waited longer than its burst lasted. Which sample is of which burst is not told, but then no duration
 * has more samples above it than there were packets in bursts that took longer.
 */
export function waitFaults({ segment, histogram, maxNs }: SegmentLine, bursts: readonly Burst[]): string[] {
  const samples = decodeHistogram(histogram);
  const durations = bursts.map(({ durationNs }) => durationNs).sort((a, b) => a - b);
  const longestNs = durations.at(-1) ?? 0;
  if (maxNs !== null && maxNs > longestNs)
    return [`${segment}: a sample of ${maxNs} ns, the longest burst took ${longestNs}`];
  return durations.flatMap((limitNs) => {
    const above = countAbove((index) => samples.getCountAtIndex(index), limitNs);
    const packets = bursts.reduce((sum, burst) => sum + (burst.durationNs > limitNs ? burst.packets : 0), 0);
    return above <= packets
      ? []
      : [`${segment}: ${above} samples above ${limitNs} ns, ${packets} packets in bursts that took longer`];
  });
}

/** Samples that are certainly above: those of buckets that begin above. */
function countAbove(countAt: (index: number) => number, limitNs: number): number {
  let count = 0;
  for (let index = hdr.countsLength - 1; index >= 0 && lowestValueOf(index) > limitNs; index--)
    count += countAt(index);
  return count;
}
