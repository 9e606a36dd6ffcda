import test from 'ava';
import fc from 'fast-check';
import { Float64Histogram } from 'hdr-histogram-js';
import {
  bucketIndexOf,
  finest,
  finestIndices,
  Geometry,
  hdr,
  highestValueOf,
  lowestValueOf,
} from '../../src/measure/hdr.js';

const reference = new Float64Histogram(hdr.lowestNs, hdr.highestNs, hdr.significantDigits);
const lastIndex = hdr.countsLength - 1;

/** As many small values as large ones: uniform in the number of bits. */
const latencyNs = fc
  .tuple(fc.nat(35), fc.double({ min: 1, max: 2, maxExcluded: true, noNaN: true }))
  .map(([bits, fraction]) => Math.floor(2 ** bits * fraction));

test('the geometry is the one that hdr-histogram-js builds', (t) => {
  t.is(reference.countsArrayLength, 3840);
  t.is(hdr.countsLength, 3840);
  t.is(reference.bucketCount, hdr.bucketCount);
  t.is(reference.subBucketCount, hdr.subBucketCount);
  t.is(reference.subBucketHalfCount, hdr.subBucketHalfCount);
});

test('a latency is counted where hdr-histogram-js counts it', (t) => {
  const histogram = new Float64Histogram(hdr.lowestNs, hdr.highestNs, hdr.significantDigits);
  fc.assert(
    fc.property(latencyNs, (ns) => {
      histogram.reset();
      histogram.recordValue(ns);
      return histogram.getCountAtIndex(bucketIndexOf(ns)) === 1;
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test('the powers of two and their neighbours are counted where hdr-histogram-js counts them', (t) => {
  for (let bits = 0; bits < 36; bits++) {
    for (const ns of [2 ** bits - 1, 2 ** bits, 2 ** bits + 1]) {
      t.is(bucketIndexOf(ns), reference.countsArrayIndex(ns), `${ns}`);
    }
  }
});

test('latencies beyond the last bucket are counted in it', (t) => {
  t.is(bucketIndexOf(2 ** 36 - 1), lastIndex);
  for (const ns of [2 ** 36, 2 ** 40, Number.MAX_SAFE_INTEGER]) t.is(bucketIndexOf(ns), lastIndex);
});

test('buckets follow each other without gap or overlap, and hold both of their edges', (t) => {
  for (let index = 0; index < hdr.countsLength; index++) {
    if (index > 0) t.is(lowestValueOf(index), highestValueOf(index - 1) + 1);
    t.is(bucketIndexOf(lowestValueOf(index)), index);
    t.is(bucketIndexOf(highestValueOf(index)), index);
  }
  t.is(lowestValueOf(0), 0);
  t.is(highestValueOf(lastIndex), reference.highestEquivalentValue(reference.valueFromIndex(lastIndex)));
});

for (const bits of [7, 6, 5])
  test(`a geometry of ${bits} bits joins whole buckets of the finest, and none is wider than it says`, (t) => {
    const geometry = new Geometry(bits);
    t.is(geometry.indexOf(2 ** 36), geometry.countsLength - 1);
    const inFinest = finestIndices(geometry);
    t.is(inFinest.length, geometry.countsLength);
    for (let index = 0; index < geometry.countsLength; index++) {
      const [lowest, highest] = [geometry.lowestValueOf(index), geometry.highestValueOf(index)];
      if (index > 0) t.is(lowest, geometry.highestValueOf(index - 1) + 1);
      t.is(geometry.indexOf(lowest), index);
      t.is(geometry.indexOf(highest), index);
      t.true(highest - lowest <= lowest * geometry.bucketWidthRatio);
      t.is(finest.highestValueOf(inFinest[index] ?? -1), highest);
    }
  });
