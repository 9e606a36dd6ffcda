import test from 'ava';
import fc from 'fast-check';
import { Float64Histogram } from 'hdr-histogram-js';
import { hdr, highestValueOf } from '../../src/measure/hdr.js';
import {
  decodeHistogram,
  emptyLatencyCounts,
  figuresOf,
  hdrHistogramOf,
  percentileOf,
} from '../../src/measure/histogram.js';
import { recorded } from '../export/sampleSnapshot.js';

const latenciesNs = fc.array(
  fc
    .tuple(fc.nat(35), fc.double({ min: 1, max: 2, maxExcluded: true, noNaN: true }))
    .map(([bits, fraction]) => Math.floor(2 ** bits * fraction)),
  { minLength: 1, maxLength: 200 },
);

function reference(valuesNs: readonly number[]): Float64Histogram {
  const histogram = new Float64Histogram(hdr.lowestNs, hdr.highestNs, hdr.significantDigits);
  for (const ns of valuesNs) histogram.recordValue(ns);
  return histogram;
}

test('percentiles are those of hdr-histogram-js, held within the exact minimum and maximum', (t) => {
  const percentile = fc.double({ min: 0.001, max: 100, noNaN: true });
  fc.assert(
    fc.property(latenciesNs, percentile, (valuesNs, p) => {
      const minNs = Math.min(...valuesNs);
      const maxNs = Math.max(...valuesNs);
      const edgeNs = reference(valuesNs).getValueAtPercentile(p);
      const ns = percentileOf(hdrHistogramOf(recorded(valuesNs).counts), p, minNs, maxNs);
      return ns !== null && ns >= minNs && ns <= maxNs && (ns === edgeNs || edgeNs > maxNs || edgeNs < minNs);
    }),
  );
  t.pass();
});

test('a percentile is at least as great as that share of the samples, by at most 1 percent', (t) => {
  fc.assert(
    fc.property(latenciesNs, (valuesNs) => {
      const sorted = valuesNs.toSorted((a, b) => a - b);
      const exactNs = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
      const p50Ns = figuresOf(recorded(valuesNs)).p50Ns ?? -1;
      return p50Ns >= exactNs && p50Ns <= exactNs * 1.01;
    }),
  );
  t.pass();
});

test('figures carry the exact count, minimum, mean and maximum', (t) => {
  const figures = figuresOf(recorded([100_001, 100_002, 300_008]));
  t.is(figures.count, 3);
  t.is(figures.minNs, 100_001);
  t.is(figures.meanNs, 166_670);
  t.is(figures.maxNs, 300_008);
  t.is(figures.p9999Ns, 300_008);
});

test('a percentile stays within the exact bounds even where counts and bounds were read a moment apart', (t) => {
  const histogram = hdrHistogramOf(recorded([1000]).counts);
  t.is(percentileOf(histogram, 50, 2000, 3000), 2000);
  t.is(percentileOf(histogram, 50, 500, 700), 700);
  t.is(percentileOf(histogram, 50, null, null), 1003);
});

test('without a sample every time is null, and the histogram decodes as empty', (t) => {
  const { count, histogram, ...times } = figuresOf(emptyLatencyCounts());
  t.is(count, 0);
  t.deepEqual([...new Set(Object.values(times))], [null]);
  t.is(decodeHistogram(histogram).totalCount, 0);
});

test('a wait beyond the last bucket shows in the maximum and in the percentiles that reach it', (t) => {
  const figures = figuresOf(recorded([1000, 1000, 1000, 200e9]));
  t.is(figures.maxNs, 200e9);
  t.is(figures.p9999Ns, 200e9);
  t.is(figures.p50Ns, highestValueOf(hdrHistogramOf(recorded([1000]).counts).countsArrayIndex(1000)));
});

test('the encoded histogram brings every count back, beyond 32 bits too', (t) => {
  fc.assert(
    fc.property(fc.dictionary(fc.nat(hdr.countsLength - 1).map(String), fc.nat(2 ** 45)), (countOf) => {
      const latency = emptyLatencyCounts();
      for (const [index, count] of Object.entries(countOf)) latency.counts[Number(index)] = count;
      const decoded = decodeHistogram(figuresOf(latency).histogram);
      return latency.counts.every((count, index) => decoded.getCountAtIndex(index) === count);
    }),
  );
  t.pass();
});

test('a histogram of another geometry is refused', (t) => {
  const other = Buffer.from('nothing').toString('base64');
  t.throws(() => decodeHistogram(other));
});
