import test from 'ava';
import fc from 'fast-check';
import * as abi from '../../../src/abi/layout.js';
import { InFlight } from '../../../src/kernel/inFlight.js';
import { sizesFor } from '../../../src/kernel/sizes.js';
import { memoryOf } from './memory.js';

const sizes = sizesFor(2, { inFlightPackets: 64 });
const slots = sizes.inFlightSets * abi.limit.ways;
const lockedKey = 1n;
const timeModulus = 2n ** 40n;
/** The end of the histograms. */
const staleAfterNs = 68_000_000_000n;

interface Stamp {
  readonly key: bigint;
  readonly shard: number;
  readonly ageNs: bigint;
  readonly check: number;
}

/** stamp_word() of bpf/in_flight.h: 40 bits of time, 16 of shard, 8 of check. */
const wordOf = ({ shard, check }: Stamp, startNs: bigint) =>
  (((startNs % timeModulus) << 24n) | (BigInt(shard) << 8n) | BigInt(check)) & (2n ** 64n - 1n);

function tableOf(stamps: readonly (Stamp | null)[], nowNs: bigint) {
  const inFlight = memoryOf(slots * abi.stamp.size);
  const driverStacks = memoryOf(sizes.cpus * abi.driverStack.size);
  stamps.forEach((stamp, slot) => {
    if (!stamp) return;
    inFlight.words64[slot * 2] = stamp.key;
    inFlight.words64[slot * 2 + 1] = wordOf(stamp, nowNs - stamp.ageNs);
  });
  return { inFlight, driverStacks, reader: new InFlight({ inFlight, driverStacks }, sizes) };
}

const shard = fc.integer({ min: abi.specialShard.n, max: 0xffff });
const key = fc.bigInt({ min: 2n, max: 2n ** 64n - 1n });
const freshAge = fc.bigInt({ min: 0n, max: staleAfterNs });
/** Beyond half of the clock's range an age can't be told from a start in the future. */
const staleAge = fc.bigInt({ min: staleAfterNs + 1n, max: timeModulus / 2n - 1n });
const stampWith = (ageNs: fc.Arbitrary<bigint>) => fc.record({ key, shard, ageNs, check: fc.nat(255) });
const table = (stamp: fc.Arbitrary<Stamp>) =>
  fc.array(fc.option(stamp), { minLength: slots, maxLength: slots });
/** The clock of the stamps wraps every 18 minutes. */
const now = fc.bigInt({ min: timeModulus, max: 10n * timeModulus });

function byShard(stamps: readonly (Stamp | null)[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const stamp of stamps) if (stamp) counts.set(stamp.shard, (counts.get(stamp.shard) ?? 0) + 1);
  return counts;
}

test('stamps are counted by shard, whatever the time, and left where they are', (t) => {
  fc.assert(
    fc.property(table(stampWith(freshAge)), now, (stamps, nowNs) => {
      const { reader, inFlight } = tableOf(stamps, nowNs);
      const before = inFlight.bytes.slice();
      t.deepEqual(reader.count(nowNs), { waiting: byShard(stamps), swept: new Map() });
      t.deepEqual(inFlight.bytes, before);
    }),
  );
});

test('stamps older than any histogram holds are swept out once, and only they', (t) => {
  fc.assert(
    fc.property(table(fc.oneof(stampWith(freshAge), stampWith(staleAge))), now, (stamps, nowNs) => {
      const isStale = (stamp: Stamp | null) => stamp !== null && stamp.ageNs > staleAfterNs;
      const fresh = stamps.map((stamp) => (isStale(stamp) ? null : stamp));
      const stale = stamps.map((stamp) => (isStale(stamp) ? stamp : null));
      const { reader, inFlight } = tableOf(stamps, nowNs);
      const expected = { waiting: byShard(fresh), swept: byShard(stale) };
      t.deepEqual(reader.count(nowNs), expected);
      t.deepEqual(reader.count(nowNs), { ...expected, swept: new Map() }, 'what is swept is told once');
      stamps.forEach((stamp, slot) => {
        t.is(inFlight.words64[slot * 2], isStale(stamp) || !stamp ? 0n : stamp.key);
      });
      reader.reset();
      t.deepEqual(reader.count(nowNs), { waiting: new Map(), swept: new Map() });
    }),
  );
});

test('the stamps of a device that is gone are taken out, and no others', (t) => {
  fc.assert(
    fc.property(table(stampWith(freshAge)), fc.uniqueArray(shard), now, (stamps, gone, nowNs) => {
      const { reader } = tableOf(stamps, nowNs);
      const chosen = new Set([...gone, ...stamps.flatMap((s, at) => (s && at % 3 === 0 ? s.shard : []))]);
      const isChosen = (stamp: Stamp | null) => stamp !== null && chosen.has(stamp.shard);
      const left = stamps.map((stamp) => (isChosen(stamp) ? null : stamp));
      t.deepEqual(reader.purge(chosen), byShard(stamps.map((stamp) => (isChosen(stamp) ? stamp : null))));
      t.deepEqual(reader.count(nowNs).waiting, byShard(left));
    }),
  );
});

test('a slot that a program is writing is never swept', (t) => {
  const nowNs = 5n * timeModulus;
  const stale = { key: lockedKey, shard: 9, ageNs: 200_000_000_000n, check: 0 };
  const { reader, inFlight } = tableOf([stale], nowNs);
  t.deepEqual(reader.count(nowNs).swept, new Map());
  t.is(inFlight.words64[0], lockedKey);
});

test("the word of a free slot is nobody's: what a packet left there counts for nothing", (t) => {
  const nowNs = 5n * timeModulus;
  const { reader, inFlight } = tableOf([{ key: 77n, shard: 9, ageNs: 10n, check: 0 }], nowNs);
  inFlight.words64[0] = 0n;
  t.deepEqual(reader.count(nowNs), { waiting: new Map(), swept: new Map() });
  t.false(reader.isAnyWaiting());
});

test('transmits under way on any CPU are in flight on their driver segment', (t) => {
  const { reader, driverStacks } = tableOf([], 0n);
  const enter = (cpu: number, frame: number, shard: number) => {
    const base = cpu * abi.driverStack.size;
    driverStacks.view.setUint32(base + abi.driverStack.depth.offset, frame + 1, true);
    const at = base + abi.driverStack.frames.offset + frame * abi.driverFrame.size;
    driverStacks.view.setBigUint64(at + abi.driverFrame.shard.offset, BigInt(shard), true);
  };
  enter(0, 0, 3);
  enter(1, 0, 3);
  enter(1, 1, 8);
  t.deepEqual(
    reader.count().waiting,
    new Map([
      [3, 2],
      [8, 1],
    ]),
  );
  t.true(reader.isAnyWaiting());
});

test('a write to tun that has no device yet is no packet under way', (t) => {
  const nowNs = process.hrtime.bigint();
  const pending = { key: 77n, shard: abi.specialShard.pendingInject, ageNs: 0n, check: 0 };
  t.false(tableOf([pending], nowNs).reader.isAnyWaiting());
});
