import test from 'ava';
import fc from 'fast-check';
import { BucketCounts } from '../../src/measure/bucketCounts.js';
import { hdr } from '../../src/measure/hdr.js';

const increment = fc
  .uniqueArray(
    fc.tuple(fc.integer({ min: 0, max: hdr.countsLength - 1 }), fc.integer({ min: 1, max: 2 ** 40 })),
    {
      selector: ([bucket]) => bucket,
      maxLength: 200,
    },
  )
  .map((pairs) => ({
    indices: Uint16Array.from(pairs, ([bucket]) => bucket),
    counts: Float64Array.from(pairs, ([, count]) => count),
    length: pairs.length,
  }));

test('they are what an array of all buckets would hold, added to in turns with others', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), increment), { maxLength: 20 }), (turns) => {
      const both = [true, false].map((which) => {
        const [held, all] = [new BucketCounts(), new Float64Array(hdr.countsLength)];
        return { which, held, all };
      });
      for (const [which, added] of turns)
        for (const { held, all } of both.filter((one) => one.which === which)) {
          held.add(added);
          added.indices.forEach((bucket, at) => {
            all[bucket] = (all[bucket] ?? 0) + (added.counts[at] ?? 0);
          });
        }
      for (const { held, all } of both) {
        const read = new Float64Array(hdr.countsLength);
        held.forEach((count, bucket) => {
          t.is(read[bucket], 0);
          read[bucket] = count;
        });
        t.deepEqual(read, all);
      }
    }),
    { numRuns: 50 },
  );
});

test('few buckets take little, and all of them no more than their own', (t) => {
  const counts = new BucketCounts();
  t.is(counts.bytes, 0);
  const add = (length: number) =>
    counts.add({
      indices: Uint16Array.from({ length }, (_, at) => at),
      counts: new Float64Array(length).fill(1),
      length,
    });
  add(50);
  t.true(counts.bytes <= 1_000, `${counts.bytes}`);
  add(hdr.countsLength);
  t.is(counts.bytes, hdr.countsLength * (2 + 8));
});
