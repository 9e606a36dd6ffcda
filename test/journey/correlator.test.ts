import test from 'ava';
import fc from 'fast-check';
import { Correlator, type JourneyLimits, type Point, points } from '../../src/journey/correlator.js';

const limits: JourneyLimits = { capacity: 1_024, quietNs: 1_000_000 };

function correlate(given: Partial<JourneyLimits> = {}) {
  const legs: [from: number, to: number, ns: number][] = [];
  const journeys: [from: number, to: number, ns: number][] = [];
  const unreturned: number[] = [];
  const sink = {
    leg: (...leg: [number, number, number]) => void legs.push(leg),
    journey: (...journey: [number, number, number]) => void journeys.push(journey),
    unreturned: (from: number) => void unreturned.push(from),
  };
  const correlator = new Correlator(sink, { ...limits, ...given });
  const end = () => correlator.expire(Number.MAX_SAFE_INTEGER);
  return { legs, journeys, unreturned, correlator, end };
}

/** tun 1 → forwarder → tun 2. */
const overForwarder = (
  startNs: number,
  residenceNs: number,
): readonly (readonly [number, number, Point])[] => [
  [startNs, 1, points.sent],
  [startNs + 10, 1, points.toUser],
  [startNs + 10 + residenceNs, 2, points.fromUser],
  [startNs + 25 + residenceNs, 2, points.received],
];

test('a packet over a forwarder: its leg and the whole', (t) => {
  const { legs, journeys, correlator, end } = correlate();
  for (const [timeNs, device, point] of overForwarder(100, 5_000))
    correlator.add(timeNs, 7, 9, device, point);
  t.deepEqual([legs, journeys], [[], []], 'told when it is over, not before');
  t.is(correlator.underWay, 1);
  end();
  t.deepEqual(legs, [[1, 2, 5_000]]);
  t.deepEqual(journeys, [[1, 2, 5_025]]);
  t.like(correlator.counts, { begun: 1, whole: 1, ambiguous: 0 });
});

test('a guest that sends the packet back on the same device', (t) => {
  const { legs, correlator, end } = correlate();
  for (const [timeNs, point] of [
    [0, points.sent],
    [5, points.toUser],
    [105, points.fromUser],
    [110, points.received],
  ] as const)
    correlator.add(timeNs, 1, 1, 3, point);
  end();
  t.deepEqual(legs, [[3, 3, 100]]);
});

test('the same content twice under way makes no leg and no journey', (t) => {
  const { legs, journeys, correlator, end } = correlate();
  const [first, second] = [overForwarder(0, 100), overForwarder(50, 100)];
  for (const [timeNs, device, point] of [...first, ...second].toSorted(([a], [b]) => a - b))
    correlator.add(timeNs, 7, 9, device, point);
  end();
  t.deepEqual([legs, journeys], [[], []]);
  t.is(correlator.counts.ambiguous, 1);
});

test('the same content again once the first journey is over is a journey of its own', (t) => {
  const { legs, correlator, end } = correlate();
  for (const startNs of [0, 2_000_000])
    for (const [timeNs, device, point] of overForwarder(startNs, 300 + startNs / 1_000))
      correlator.add(timeNs, 7, 9, device, point);
  end();
  t.deepEqual(legs, [
    [1, 2, 300],
    [1, 2, 2_300],
  ]);
});

test('a copy to two devices claims no leg that never was', (t) => {
  const { legs, correlator, end } = correlate();
  // A bridge floods two taps; only the second guest answers.
  correlator.add(0, 1, 1, 1, points.sent);
  correlator.add(1, 1, 1, 2, points.sent);
  correlator.add(5, 1, 1, 1, points.toUser);
  correlator.add(6, 1, 1, 2, points.toUser);
  correlator.add(90, 1, 1, 2, points.fromUser);
  end();
  t.deepEqual(legs, []);
  t.is(correlator.counts.ambiguous, 1);
});

test('over twelve hooks a packet is followed; over more it is counted, and has no leg', (t) => {
  /** From one tun to the next: `devices` of them, with a forwarder from each first one to a second. */
  const overForwarders = (devices: number) =>
    Array.from({ length: devices }, (_, device) => device).flatMap(
      (device): (readonly [device: number, point: Point])[] => [
        [device, device % 2 === 0 ? points.sent : points.fromUser],
        [device, device % 2 === 0 ? points.toUser : points.received],
      ],
    );
  for (const [devices, isOverlong] of [
    [6, false],
    [7, true],
    [12, true],
  ] as const) {
    const { legs, correlator, end } = correlate();
    for (const [at, [device, point]] of overForwarders(devices).entries())
      correlator.add(at * 10, 1, 1, device, point);
    end();
    t.is(legs.length, isOverlong ? 0 : 3);
    t.like(correlator.counts, isOverlong ? { ambiguous: 1, overlong: 1 } : { whole: 1, overlong: 0 });
  }
});

test('what user space keeps is counted, and has no leg', (t) => {
  const { legs, unreturned, correlator, end } = correlate();
  correlator.add(0, 1, 1, 1, points.sent);
  correlator.add(5, 1, 1, 1, points.toUser);
  end();
  t.deepEqual([legs, unreturned], [[], [1]]);
  t.is(correlator.counts.whole, 1);
});

for (const [what, reader, writer, legsOfIt, kept] of [
  ['the process that has read it writes it', 7, 7, [[1, 2, 5_000]], []],
  ['another process writes it: what the first one has is not known', 7, 8, [], [1]],
  ['a kernel thread has read it, for whoever', 0, 8, [[1, 2, 5_000]], []],
  ['a kernel thread writes it, for whoever', 7, 0, [[1, 2, 5_000]], []],
] as const)
  test(`whose leg it is: ${what}`, (t) => {
    const { legs, journeys, unreturned, correlator, end } = correlate();
    const by = { [points.toUser]: reader, [points.fromUser]: writer, [points.sent]: 9, [points.received]: 9 };
    for (const [timeNs, device, point] of overForwarder(0, 5_000))
      correlator.add(timeNs, 1, 1, device, point, by[point]);
    end();
    t.is(JSON.stringify([legs, unreturned]), JSON.stringify([legsOfIt, kept]));
    t.deepEqual(journeys, [[1, 2, 5_025]], 'from end to end it is one packet all the same');
  });

test('who waits longer than a journey may be quiet has its leg, but no beginning to count from', (t) => {
  const { legs, journeys, correlator, end } = correlate();
  for (const [at, [timeNs, device, point]] of overForwarder(0, 700).entries())
    correlator.add(at === 0 ? timeNs : timeNs + 5e6, 7, 9, device, point);
  end();
  t.deepEqual([legs, journeys], [[[1, 2, 700]], []]);
  t.like(correlator.counts, { begun: 2, partial: 2, whole: 0 });
});

test('a set that is full gives the quietest journey up', (t) => {
  const { journeys, correlator, end } = correlate({ capacity: 8 });
  for (let key = 1; key <= 9; key++) correlator.add(key, key, 0, 1, points.sent);
  for (let key = 1; key <= 9; key++) correlator.add(10 + key, key, 0, 2, points.received);
  end();
  t.true(correlator.counts.evicted >= 1);
  t.is(correlator.underWay, 0);
  t.true(
    journeys.every(([from, to, ns]) => from === 1 && to === 2 && ns === 10),
    JSON.stringify(journeys),
  );
});

test('whatever comes: counts add up, and every leg is one of the packets own', (t) => {
  const packets = fc.array(
    fc.record({ start: fc.nat(5_000), residence: fc.integer({ min: 1, max: 3_000 }) }),
    {
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(packets, fc.integer({ min: 1, max: 30 }), (sent, contents) => {
      const { legs, correlator, end } = correlate({ capacity: 8 });
      const events = sent.flatMap(({ start, residence }, at) =>
        overForwarder(start, residence).map(([timeNs, ...rest]) => [timeNs, at % contents, ...rest] as const),
      );
      for (const [timeNs, key, device, point] of events.toSorted(([a], [b]) => a - b))
        correlator.add(timeNs, key, key, device, point);
      end();
      const { begun, whole, partial, ambiguous, evicted } = correlator.counts;
      const residences = new Set(sent.map(({ residence }) => residence));
      return (
        begun === whole + partial + ambiguous + evicted &&
        legs.every(([from, to, ns]) => from === 1 && to === 2 && residences.has(ns))
      );
    }),
  );
  t.pass();
});
