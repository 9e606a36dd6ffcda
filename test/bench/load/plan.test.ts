// Catches: a schedule that drifts, bursts that change the rate, a mix whose shares are off or that comes in blocks.
import test from 'ava';
import fc from 'fast-check';
import { dueNsOf, imix, oneSize, sendPlanOf, turnsDue } from '../../../src/bench/load/plan.js';
import { frameLimits, payloadBytesOf } from '../../../src/bench/packet.js';
import type { Load } from '../../../src/bench/result/schema.js';
import { VifscopeError } from '../../../src/errors.js';

const sizes = fc.array(
  fc.record({
    frameBytes: fc.integer({ min: frameLimits.minBytes, max: frameLimits.maxBytes }),
    weight: fc.integer({ min: 1, max: 20 }),
  }),
  { minLength: 1, maxLength: 5 },
);
const loads = fc.record({
  packetsPerSecond: fc.integer({ min: 1, max: 1_000_000 }),
  durationSeconds: fc.double({ min: 0.01, max: 60, noNaN: true }),
  sizes,
  flows: fc.integer({ min: 1, max: 10_000 }),
  burst: fc.integer({ min: 1, max: 512 }),
});

test('packets leave in order, at the rate, and in bursts that change nothing about it', (t) => {
  fc.assert(
    fc.property(loads, fc.nat(100_000), (load, turn) => {
      const plan = sendPlanOf(load);
      t.is(plan.packets, Math.round(load.packetsPerSecond * load.durationSeconds));
      const intervalNs = 1e9 / load.packetsPerSecond;
      const evenly = turn * intervalNs;
      // A packet of a burst leaves at its first one's time: never late, never earlier than a burst.
      t.true(dueNsOf(plan, turn) <= evenly && dueNsOf(plan, turn) > evenly - load.burst * intervalNs);
      t.true(dueNsOf(plan, turn + 1) >= dueNsOf(plan, turn));
    }),
  );
});

test('what is due at a time is all that is due by then, and no more', (t) => {
  fc.assert(
    fc.property(loads, fc.nat(1_000_000), (load, sinceStartNs) => {
      const plan = sendPlanOf(load);
      const due = turnsDue(plan, sinceStartNs);
      // A hair's breadth of rounding either way.
      if (due > 0 && due <= plan.packets) t.true(dueNsOf(plan, due - 1) <= sinceStartNs + 1e-3);
      if (due < plan.packets) t.true(dueNsOf(plan, due) >= sinceStartNs - 1e-3);
    }),
  );
});

test('each size comes as often as it weighs, and never in a block where it need not', (t) => {
  fc.assert(
    fc.property(sizes, (mix) => {
      const { payloadBytes } = sendPlanOf({
        packetsPerSecond: 1_000,
        durationSeconds: 1,
        sizes: mix,
        flows: 1,
        burst: 1,
      });
      const counted = new Map<number, number>();
      for (const bytes of payloadBytes) counted.set(bytes, (counted.get(bytes) ?? 0) + 1);
      const wanted = new Map<number, number>();
      for (const { frameBytes, weight } of mix)
        wanted.set(payloadBytesOf(frameBytes), (wanted.get(payloadBytesOf(frameBytes)) ?? 0) + weight);
      t.deepEqual(new Map([...counted].toSorted()), new Map([...wanted].toSorted()));
    }),
  );
  const { payloadBytes } = sendPlanOf({
    packetsPerSecond: 1_000,
    durationSeconds: 1,
    sizes: imix,
    flows: 1,
    burst: 1,
  });
  const [small, middle, large] = imix.map(({ frameBytes }) => payloadBytesOf(frameBytes));
  const places = (bytes?: number) => payloadBytes.flatMap((size, place) => (size === bytes ? [place] : []));
  t.is(places(small).length, 7);
  t.is(places(large).length, 1);
  const gaps = places(middle).map((place, nth, all) => (all[(nth + 1) % all.length] ?? 0) - place);
  const around = gaps.map((gap) => (gap + payloadBytes.length) % payloadBytes.length);
  t.true(around.length === 4 && around.every((gap) => gap >= 2 && gap <= 4), `${around.join(' ')}`);
});

test('impossible loads are refused with what is wrong', (t) => {
  const possible = { packetsPerSecond: 1_000, durationSeconds: 1, sizes: oneSize(64), flows: 1, burst: 1 };
  const impossible: readonly (readonly [Partial<Load>, RegExp])[] = [
    [{ packetsPerSecond: 0 }, /rate must be above 0/],
    [{ durationSeconds: Number.NaN }, /duration must be above 0/],
    [{ packetsPerSecond: 1e9, durationSeconds: 5 }, /more packets than sequence numbers/],
    [{ sizes: oneSize(63) }, /64 to 1514 bytes/],
    [{ sizes: [] }, /64 to 1514 bytes/],
    [{ sizes: [{ frameBytes: 64, weight: 0 }] }, /weights/],
    [{ flows: 10_001 }, /1 to 10000 flows/],
    [{ burst: 1.5 }, /burst/],
  ];
  for (const [part, message] of impossible) {
    const error = t.throws(() => sendPlanOf({ ...possible, ...part }), {
      instanceOf: VifscopeError,
    });
    t.is(error?.code, 'USAGE');
    t.regex(error?.message ?? '', message);
  }
});
