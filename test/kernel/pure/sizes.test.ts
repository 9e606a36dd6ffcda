import test from 'ava';
import fc from 'fast-check';
import * as abi from '../../../src/abi/layout.js';
import { precisionCheck } from '../../../src/cli/doctor.js';
import { mapEntries, mapNames, sizesFor, valueBytesOf } from '../../../src/kernel/sizes.js';

const cpus = fc.integer({ min: 1, max: 4096 });
const limits = fc.record({
  shards: fc.option(fc.integer({ min: abi.specialShard.n, max: 65_535 }), { nil: undefined }),
  inFlightPackets: fc.option(
    fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 1_000_000 })),
    {
      nil: undefined,
    },
  ),
});
const isPowerOfTwo = (value: number) => Number.isInteger(Math.log2(value)) && value >= 1;

test('every array has a whole number of entries, and what is indexed by a mask has a power of two', (t) => {
  fc.assert(
    fc.property(cpus, limits, (cpus, limits) => {
      const sizes = sizesFor(cpus, limits);
      const entries = mapEntries(sizes);
      for (const map of mapNames) t.true(Number.isInteger(entries[map]) && entries[map] >= 1, map);
      t.true(isPowerOfTwo(sizes.inFlightSets), `${sizes.inFlightSets} sets`);
      t.true(isPowerOfTwo(sizes.deviceEntries));
      t.is(entries.histograms, sizes.cpus * sizes.shards);
    }),
  );
});

test('the in-flight table holds at least what was asked for', (t) => {
  fc.assert(
    fc.property(cpus, fc.integer({ min: abi.limit.ways, max: 1_000_000 }), (cpus, inFlightPackets) => {
      const { inFlightSets } = sizesFor(cpus, { inFlightPackets });
      t.true(inFlightSets * abi.limit.ways >= inFlightPackets);
      // Two sets are the least.
      t.true(inFlightSets * abi.limit.ways < 2 * Math.max(inFlightPackets, 2 * abi.limit.ways));
    }),
  );
});

test('the device table has room for four times the devices that can have histograms', (t) => {
  fc.assert(
    fc.property(cpus, limits, (cpus, limits) => {
      const { shards, deviceEntries } = sizesFor(cpus, limits);
      // A device of kind "other" has the fewest segments: two.
      t.true(deviceEntries >= 2 * shards);
      t.is(deviceEntries % abi.limit.sightingsALook, 0, 'a look takes whole blocks');
    }),
  );
});

test('without limits histograms take 256 MiB at most, and 256 of them have room up to 256 CPUs', (t) => {
  for (const cpus of [1, 2, 16, 64, 68, 69, 128, 132, 133, 256]) {
    const sizes = sizesFor(cpus);
    const bytes = mapEntries(sizes).histograms * valueBytesOf(sizes).histograms;
    t.true(bytes <= 256 * 1024 * 1024, `${cpus} CPUs: ${bytes} bytes`);
    t.true(sizes.shards >= 256, `${cpus} CPUs: ${sizes.shards} shards`);
  }
  t.is(sizesFor(2).shards, 1024);
  t.is(sizesFor(4096).shards, 64);
});

test('histograms become coarser with the CPUs, step by step, and finer again where fewer are asked for', (t) => {
  const bitsOn = (cpus: number) => sizesFor(cpus).subBucketBits;
  t.deepEqual([2, 68, 69, 132, 133, 256, 257, 496, 4096].map(bitsOn), [8, 8, 7, 7, 6, 6, 5, 5, 5]);
  t.is(sizesFor(256, { shards: 64 }).subBucketBits, 8);
  t.is(sizesFor(2, { shards: 30_000 }).subBucketBits, 6);
});

test('doctor tells how wide buckets are, and what to do where they are wider than promised', (t) => {
  t.like(precisionCheck(sizesFor(2)), { state: 'ok', remedy: null });
  const many = precisionCheck(sizesFor(256));
  t.like(many, { state: 'warning' });
  t.regex(
    `${many.detail} → ${many.remedy}`,
    /^buckets 3\.1 % wide, room for 256 .* 256 possible CPUs .*limits\.shards/,
  );
});
