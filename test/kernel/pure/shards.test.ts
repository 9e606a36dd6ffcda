import test from 'ava';
import fc from 'fast-check';
import * as abi from '../../../src/abi/layout.js';
import { sparse, together } from '../../../src/bench/load/counts.js';
import { type Depth, type ShardMemory, Shards } from '../../../src/kernel/shards.js';
import { geometryOf, sizesFor } from '../../../src/kernel/sizes.js';
import { bucketIndexOf, highestValueOf, lowestValueOf } from '../../../src/measure/hdr.js';
import { emptyLatencyCounts } from '../../../src/measure/histogram.js';
import type { MeasuredDevice } from '../../../src/measure/increment.js';
import { IntervalLedger } from '../../../src/measure/intervalLedger.js';
import { memoryOf } from './memory.js';

const sizes = sizesFor(3, { shards: 6 });
const copies = sizes.cpus * sizes.shards;
const outcomes = ['started', 'dropped', 'expired', 'evicted', 'unmatched'] as const;
type Outcome = (typeof outcomes)[number];
const wrap = 2 ** 32;

interface Memory extends ShardMemory {
  readonly histograms: ShardMemory['histograms'] & { readonly view: DataView };
}

/** @param afterBucket called whenever a reading has looked at a bucket, and may count meanwhile */
function memoryOfShards(afterBucket?: (memory: Memory, bucket: number) => void) {
  const counts = memoryOf(copies * abi.histogram.size);
  const memory: Memory = {
    tallies: memoryOf(copies * abi.tally.size),
    histograms: {
      view: counts.view,
      countsAt: (index: number) => {
        const first = (index * abi.histogram.size) / 4;
        const live = counts.words32.subarray(first, first + abi.limit.histogramCounts);
        if (!afterBucket) return live;
        return new Proxy(live, {
          get: (target, bucket) => {
            const count: unknown = Reflect.get(target, bucket);
            afterBucket(memory, Number(bucket));
            return count;
          },
        });
      },
    },
  };
  return { memory, shards: new Shards(memory, sizes) };
}

/** All that a shard has handed over, added up. */
function bookOf(shards: Shards, shard: number) {
  const ledger = new IntervalLedger({ isWanted: () => true, mostDevices: 1 });
  const device: MeasuredDevice = {
    name: 'v0',
    netns: 'host',
    netnsInum: 1,
    ifindex: 1,
    kind: 'veth',
    peer: null,
  };
  ledger.carry(device, 'backlog', 0);
  return {
    collect: (depth: Depth = 'full') => {
      const increment = shards.collect(shard, 0, depth);
      if (increment) ledger.add(device, 'backlog', increment);
      return increment !== null;
    },
    get totals() {
      const [reading] = ledger.reading(() => 0);
      const [book] = reading?.segments ?? [];
      if (!book) throw new Error('no book of the shard');
      const { segment: _, inFlight: __, ...totals } = book;
      return totals;
    },
  };
}
const copyOf = (cpu: number, shard: number) => cpu * sizes.shards + shard;

function addTo(view: DataView, offset: number, by: number): void {
  view.setUint32(offset, (view.getUint32(offset, true) + by) % wrap, true);
}

const countOffset = (copy: number, ns: number): number =>
  copy * abi.histogram.size + abi.histogram.counts.offset + 4 * bucketIndexOf(ns);

/** record() of bpf/histogram.h, `times` over. */
function record({ tallies, histograms }: Memory, copy: number, ns: number, times: number): void {
  addTo(histograms.view, countOffset(copy, ns), times);
  const base = copy * abi.tally.size;
  const { view } = tallies;
  const sum = base + abi.tally.sumNs.offset;
  view.setBigUint64(sum, view.getBigUint64(sum, true) + BigInt(ns) * BigInt(times), true);
  raiseExtremes(view, base, ns);
}

function raiseExtremes(view: DataView, tally: number, ns: number): void {
  const raise = (offset: number, value: bigint) => {
    if (value > view.getBigUint64(offset, true)) view.setBigUint64(offset, value, true);
  };
  raise(tally + abi.tally.maxNs.offset, BigInt(ns));
  raise(tally + abi.tally.minComplementNs.offset, 2n ** 64n - 1n - BigInt(ns));
}

const cpu = fc.nat(sizes.cpus - 1);
const shard = fc.nat(sizes.shards - 1);
/** Fewer than 2^32 between two readings; two of the large steps wrap a counter. */
const times = fc.oneof(fc.nat(5), fc.integer({ min: wrap / 2, max: wrap - 1 }));
/** Long waits come in small numbers: the 64-bit sum holds 584 years. */
const samples = fc.oneof(
  fc.record({ ns: fc.nat(2 ** 20), times }),
  fc.record({ ns: fc.integer({ min: 1, max: 2 ** 40 }), times: fc.nat(5) }),
);
const depth = fc.constantFrom<Depth>('full', 'quick');
const event = fc.oneof(
  fc.record({ kind: fc.constant('sample' as const), cpu, shard, depth, samples }),
  fc.record({
    kind: fc.constant('outcome' as const),
    cpu,
    shard,
    depth,
    outcome: fc.constantFrom(...outcomes),
    times,
  }),
);

test('totals are what was counted on all CPUs, quickly read or in full, through wraps of the 32-bit counters', (t) => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const { memory, shards } = memoryOfShards();
      const books = Array.from({ length: sizes.shards }, (_, shard) => bookOf(shards, shard));
      const zeros = () => Object.fromEntries(outcomes.map((o) => [o, 0])) as Record<Outcome, number>;
      const expected = Array.from({ length: sizes.shards }, () => ({
        latency: emptyLatencyCounts(),
        ...zeros(),
      }));
      for (const event of events) {
        const copy = copyOf(event.cpu, event.shard);
        const totals = expected[event.shard] ?? t.fail();
        if (event.kind === 'outcome') {
          addTo(memory.tallies.view, copy * abi.tally.size + abi.tally[event.outcome].offset, event.times);
          totals[event.outcome] += event.times;
        } else if (event.samples.times > 0) {
          const { ns, times } = event.samples;
          record(memory, copy, ns, times);
          const { latency } = totals;
          const index = bucketIndexOf(ns);
          latency.counts[index] = (latency.counts[index] ?? 0) + times;
          latency.total += times;
          latency.sumNs += ns * times;
          latency.minNs = Math.min(latency.minNs ?? ns, ns);
          latency.maxNs = Math.max(latency.maxNs ?? ns, ns);
        }
        books[event.shard]?.collect(event.depth);
      }
      expected.forEach(({ latency, ...counts }, shard) => {
        const { latency: read, ...readCounts } = books[shard]?.totals ?? t.fail();
        const { started, dropped, expired, evicted } = counts;
        t.is(shards.outstanding(shard), started - dropped - expired - evicted - latency.total);
        t.deepEqual(readCounts, counts);
        t.deepEqual({ ...together([sparse(read)]), sumNs: 0 }, { ...latency, sumNs: 0 });
        // A sum of doubles: the order of additions shows in the last bits.
        t.true(Math.abs(read.sumNs - latency.sumNs) <= latency.sumNs * 1e-12);
      });
    }),
    { numRuns: 40 },
  );
});

test('a shard without a sample has no minimum; a sample of 0 ns is one', (t) => {
  const { memory, shards } = memoryOfShards();
  const [third, second] = [bookOf(shards, 3), bookOf(shards, 2)];
  t.false(third.collect());
  t.like(third.totals.latency, { minNs: null, maxNs: null, total: 0 });
  record(memory, copyOf(1, 3), 0, 1);
  t.true(third.collect());
  t.like(third.totals.latency, { minNs: 0, maxNs: 0, total: 1 });
  t.false(second.collect(), 'its neighbour has none');
});

test('extremes are those of the time since the last reading', (t) => {
  const { memory, shards } = memoryOfShards();
  record(memory, copyOf(0, 2), 5_000, 1);
  record(memory, copyOf(1, 2), 70, 1);
  t.like(shards.collect(2), { minNs: 70, maxNs: 5_000, matched: 2 });
  record(memory, copyOf(1, 2), 900, 3);
  t.like(shards.collect(2), { minNs: 900, maxNs: 900, matched: 3 });
});

test('a maximum that is raised only after its sample was read: the edge of the bucket stands for it', (t) => {
  const { memory, shards } = memoryOfShards();
  const maximum = copyOf(0, 2) * abi.tally.size + abi.tally.maxNs.offset;
  record(memory, copyOf(0, 2), 900, 1);
  record(memory, copyOf(0, 2), 1_000_003, 1);
  memory.tallies.view.setBigUint64(maximum, 900n, true);
  t.is(shards.collect(2)?.maxNs, highestValueOf(bucketIndexOf(1_000_003)));
  // Now the program raises it: it belongs to no sample of the next reading.
  record(memory, copyOf(0, 2), 800, 1);
  memory.tallies.view.setBigUint64(maximum, 1_000_003n, true);
  t.is(shards.collect(2)?.maxNs, highestValueOf(bucketIndexOf(800)));
});

test('a sample counted while its histogram is read is found by the next reading, though nothing follows it', (t) => {
  for (const depth of ['full', 'quick'] as const) {
    const lastLookedAt = bucketIndexOf(depth === 'full' ? 5_000 : 900);
    let isCounted = false;
    const { memory, shards } = memoryOfShards((memory, bucket) => {
      if (isCounted || bucket !== lastLookedAt) return;
      isCounted = true;
      record(memory, copyOf(0, 2), 5_000, 1);
    });
    record(memory, copyOf(0, 2), 900, 1);
    t.like(shards.collect(2, 0, depth), { matched: 1, minNs: 900, maxNs: 900, sumNs: 900 }, depth);
    t.like(shards.collect(2, 0, depth), { matched: 1, minNs: 5_000, maxNs: 5_000, sumNs: 5_000 }, depth);
  }
});

test('what a quick reading misses, a full one finds, and no sample is counted twice', (t) => {
  const { memory, shards } = memoryOfShards();
  addTo(memory.tallies.view, copyOf(0, 2) * abi.tally.size + abi.tally.started.offset, 3);
  // Compared with the extremes before the reading, visible in the histogram only after it.
  const late = countOffset(copyOf(0, 2), 7_000);
  record(memory, copyOf(0, 2), 900, 1);
  t.like(shards.collect(2, 0, 'quick'), { matched: 1, started: 3 });
  addTo(memory.histograms.view, late, 1);
  t.is(shards.collect(2, 0, 'quick'), null, 'the tally is as it was');
  record(memory, copyOf(0, 2), 900, 1);
  t.like(shards.collect(2, 0, 'quick'), { matched: 1 });
  t.is(shards.outstanding(2), 1, 'it still counts as under way');
  t.like(shards.collect(2), { matched: 1, minNs: lowestValueOf(bucketIndexOf(7_000)), started: 0 });
  t.is(shards.outstanding(2), 0);
  t.is(shards.collect(2), null);
});

test('a quick reading without a sample looks at no bucket', (t) => {
  const { memory, shards } = memoryOfShards();
  addTo(memory.tallies.view, copyOf(0, 2) * abi.tally.size + abi.tally.started.offset, 1);
  addTo(memory.histograms.view, countOffset(copyOf(0, 2), 7_000), 1);
  t.like(shards.collect(2, 0, 'quick'), { started: 1, matched: 0 });
  t.like(shards.collect(2), { started: 0, matched: 1 });
});

test('stamps that the reader took out are expired, and no longer outstanding', (t) => {
  const { memory, shards } = memoryOfShards();
  addTo(memory.tallies.view, copyOf(0, 5) * abi.tally.size + abi.tally.started.offset, 9);
  t.like(shards.collect(5), { started: 9, expired: 0 });
  t.like(shards.collect(5, 4), { started: 0, expired: 4 });
  t.is(shards.outstanding(5), 5);
});

test('after a reset all starts from zero, and what then comes is counted', (t) => {
  const { memory, shards } = memoryOfShards();
  record(memory, copyOf(0, 4), 1_000, 7);
  shards.collect(4);
  shards.reset();
  t.is(shards.collect(4), null);
  t.is(shards.outstanding(4), 0);
  record(memory, copyOf(2, 4), 500, 2);
  t.like(shards.collect(4), { matched: 2, minNs: 500, maxNs: 500, sumNs: 1_000 });
});

test('a shard cleared for another device starts from zero, its neighbour goes on', (t) => {
  const { memory, shards } = memoryOfShards();
  for (const cpu of [0, 1, 2]) for (const shard of [3, 4]) record(memory, copyOf(cpu, shard), 600, 2);
  shards.collect(3);
  shards.clear(3);
  t.is(shards.collect(3), null);
  record(memory, copyOf(1, 3), 800, 1);
  t.like(shards.collect(3), { matched: 1, minNs: 800, maxNs: 800 });
  t.like(shards.collect(4), { matched: 6, minNs: 600 });
});

test('copies of wider buckets are handed over in the finest, with exact extremes', (t) => {
  const wide = sizesFor(3, { shards: 6, subBucketBits: 5 });
  const geometry = geometryOf(wide);
  const counts = memoryOf(copies * geometry.countsLength * 4);
  const tallies = memoryOf(copies * abi.tally.size);
  const countsAt = (index: number) =>
    counts.words32.subarray(index * geometry.countsLength, (index + 1) * geometry.countsLength);
  const shards = new Shards({ tallies, histograms: { countsAt } }, wide);
  fc.assert(
    fc.property(fc.array(fc.nat(2 ** 36 - 1), { minLength: 1, maxLength: 20 }), depth, (waitsNs, depth) => {
      for (const ns of waitsNs) {
        addTo(counts.view, (copyOf(1, 2) * geometry.countsLength + geometry.indexOf(ns)) * 4, 1);
        raiseExtremes(tallies.view, copyOf(1, 2) * abi.tally.size, ns);
      }
      const increment = shards.collect(2, 0, depth);
      if (!increment) return t.fail('nothing was counted');
      t.like(increment, {
        matched: waitsNs.length,
        minNs: Math.min(...waitsNs),
        maxNs: Math.max(...waitsNs),
      });
      const read = Array.from(increment.indices.subarray(0, increment.length), (index, at) =>
        Array<number>(increment.counts[at] ?? 0).fill(highestValueOf(index)),
      ).flat();
      const expected = waitsNs.map((ns) => geometry.highestValueOf(geometry.indexOf(ns)));
      const rising = (values: readonly number[]) => values.toSorted((a, b) => a - b);
      t.deepEqual(rising(read), rising(expected));
    }),
    { numRuns: 100 },
  );
});
