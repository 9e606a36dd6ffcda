import test from 'ava';
import fc from 'fast-check';
import * as abi from '../../../src/abi/layout.js';
import { mapEntries, mapNames, sizesFor, valueBytes } from '../../../src/kernel/sizes.js';

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

test('without limits histograms take 256 MiB at most, however many CPUs, as long as that is 64 shards', (t) => {
  for (const cpus of [1, 2, 16, 64, 256]) {
    const sizes = sizesFor(cpus);
    t.true(mapEntries(sizes).histograms * valueBytes.histograms <= 256 * 1024 * 1024, `${cpus} CPUs`);
  }
  t.is(sizesFor(2).shards, 1024);
  t.is(sizesFor(4096).shards, 64);
});
