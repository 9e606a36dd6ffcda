// The correlator under whatever may come. Catches: counts that don't add up, legs that no packet had, and journeys that
// never end.
import test from 'ava';
import fc from 'fast-check';
import { Correlator, type Point, points } from '../../src/journey/correlator.js';
import { correlate, type Event, type Leg, overForwarder, type Packet, quietNs } from './correlating.js';

const point = fc.constantFrom<Point>(1, 2, 3, 4);
const anyTime = fc.oneof(
  fc.nat(5_000),
  fc.integer({ min: 0, max: 10_000_000_000 }),
  fc.constantFrom(0, 2 ** 53, 1.8e19),
);
const anyEvent: fc.Arbitrary<Event> = fc.record({
  timeNs: anyTime,
  key: fc.nat(20),
  device: fc.nat(3),
  point,
});

test('whatever events come: every journey is accounted for, and no time is negative', (t) => {
  const property = fc.property(fc.array(anyEvent, { maxLength: 200, size: 'max' }), (events) => {
    const { legs, journeys, correlator, isBalanced } = correlate(events);
    return isBalanced && correlator.underWay === 0 && [...legs, ...journeys].every(([, , ns]) => ns >= 0);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 1_000 }));
});

const inOrder = (events: readonly Event[]) => events.toSorted((a, b) => a.timeNs - b.timeNs);

/** Residences that differ: no packet's leg is another's, nor the time from one to another. Some are lost on their way. */
const packets = (keys: number, spanNs: number) =>
  fc
    .array(
      fc.record({
        startNs: fc.nat(spanNs),
        key: fc.nat(keys),
        residenceNs: fc.nat(quietNs / 200),
        hooks: fc.constantFrom(4, 4, 2),
      }),
      {
        minLength: 20,
        maxLength: 60,
        size: 'max',
      },
    )
    .map((all) => all.map((packet, at) => ({ ...packet, residenceNs: packet.residenceNs * 101 + at })));

const isEachOnes = (legs: readonly Leg[], all: readonly Packet[]): boolean => {
  const own = new Set(all.map(({ residenceNs }) => residenceNs));
  return legs.every(([from, to, ns]) => from === 1 && to === 2 && own.delete(ns));
};

for (const [what, keys, spanNs] of [
  ['many journeys that find no room', 15, quietNs / 2],
  ['few contents, under way again and again', 3, 3 * quietNs],
] as const)
  test(`no leg but the packets own: ${what}`, (t) => {
    const property = fc.property(packets(keys, spanNs), (all) => {
      const { legs, correlator } = correlate(
        inOrder(all.flatMap((packet) => overForwarder(packet).slice(0, packet.hooks))),
      );
      if (keys < 8 && correlator.counts.evicted > 0) throw new Error('there was room for all');
      return isEachOnes(legs, all);
    });
    t.notThrows(() => fc.assert(property, { numRuns: 2_000 }));
  });

test('stamps from CPUs whose clocks differ a little: each leg is off by that at most, and none is missed', (t) => {
  const skew = fc.array(fc.integer({ min: -40_000, max: 40_000 }), { minLength: 4, maxLength: 4 });
  const property = fc.property(skew, fc.nat(200_000), (skews, residenceNs) => {
    const events = overForwarder({ startNs: 1_000_000, key: 1, residenceNs });
    const skewed = events.map((event, at) => ({ ...event, timeNs: event.timeNs + (skews[at] ?? 0) }));
    const { legs, correlator } = correlate(skewed);
    const [leg] = legs;
    return correlator.counts.whole === 1 && leg !== undefined && Math.abs(leg[2] - residenceNs) <= 80_000;
  });
  t.notThrows(() => fc.assert(property));
});

test('a clock that is set back, or far forth, makes no leg of the packet that it befalls', (t) => {
  const step = fc.oneof(
    fc.integer({ min: -20_000_000_000, max: -1_000_000 }),
    fc.integer({ min: 2 * quietNs, max: 20_000_000_000 }),
  );
  const property = fc.property(
    step,
    fc.integer({ min: 1, max: 3 }),
    fc.nat(9_000),
    (stepNs, from, residenceNs) => {
      const start = 30_000_000_000;
      const packet = { startNs: start, key: 1, residenceNs };
      const stepped = overForwarder(packet).map((event, at) =>
        at >= from ? { ...event, timeNs: event.timeNs + stepNs } : event,
      );
      const later = overForwarder({ startNs: start + 2 * Math.abs(stepNs), key: 2, residenceNs: 77 });
      const { legs, journeys } = correlate([...stepped, ...later]);
      // Where the step is behind the leg, or in front of it, the leg is whole.
      const own = from === 2 ? [] : [residenceNs];
      const told = legs.map(([, , ns]) => ns).toSorted((a, b) => a - b);
      return (
        told.every((ns) => [...own, 77].includes(ns)) &&
        journeys.every(([, , ns]) => ns <= residenceNs + 77 + 25)
      );
    },
  );
  t.notThrows(() => fc.assert(property));
});

test('a stamp of the far future leaves no journey that never ends', (t) => {
  const { correlator } = correlate([{ timeNs: 1e15, key: 1, device: 1, point: points.sent }]);
  t.is(correlator.underWay, 0);
  const sink = { leg: () => {}, journey: () => {}, unreturned: () => {} };
  const other = new Correlator(sink, { capacity: 8, quietNs });
  other.add(1e15, 1, 1, 1, points.sent);
  other.expire(5e9);
  t.is(other.underWay, 0);
});

test('a packet that goes round and round makes no leg but its rounds own, however long it goes', (t) => {
  for (const roundNs of [1_000, quietNs / 2, 3 * quietNs]) {
    const rounds = Array.from({ length: 50 }, (_, round) =>
      overForwarder({ startNs: round * roundNs, key: 1, residenceNs: 500 }),
    ).flat();
    const { legs, journeys, correlator } = correlate(rounds);
    t.true(legs.every(([, , ns]) => ns === 500));
    t.is(legs.length, roundNs > quietNs ? 50 : 0);
    t.true(journeys.every(([, , ns]) => ns === 525));
    t.is(correlator.underWay, 0);
    t.is(correlator.counts.ambiguous, roundNs > quietNs ? 0 : 1);
  }
});

test('a number that another device gets: what has met the one before makes no leg of the other', (t) => {
  const legs: Leg[] = [];
  const told = (...leg: Leg) => void legs.push(leg);
  const correlator = new Correlator(
    { leg: told, journey: told, unreturned: (from) => void legs.push([from, from, 0]) },
    { capacity: 64, quietNs },
  );
  const add = (events: readonly Event[]) => {
    for (const { timeNs, key, device, point } of events) correlator.add(timeNs, key, key, device, point);
  };
  add(overForwarder({ startNs: 0, key: 1, residenceNs: 5 }));
  add(overForwarder({ startNs: 0, key: 2, residenceNs: 6 }).slice(0, 2));
  correlator.reassign(3);
  add([{ timeNs: 50, key: 3, device: 2, point: points.sent }]);
  correlator.reassign(1);
  add(overForwarder({ startNs: 100, key: 4, residenceNs: 7 }));
  correlator.expire(Number.MAX_VALUE);
  t.deepEqual(legs, [
    [1, 2, 7],
    [1, 2, 32],
  ]);
  t.like(correlator.counts, { begun: 4, whole: 1, partial: 1, ambiguous: 2 });
});
