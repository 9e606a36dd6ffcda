import test from 'ava';
import fc from 'fast-check';
import { VifscopeError } from '../../src/errors.js';
import { placesOf, snapBounds } from '../../src/measure/bounds.js';
import { bucketIndexOf, hdr, highestValueOf } from '../../src/measure/hdr.js';

const rising = fc
  .uniqueArray(fc.double({ min: 1e-9, max: 68, noNaN: true }), { minLength: 1, maxLength: 100 })
  .map((bounds) => bounds.toSorted((a, b) => a - b));

test('the built-in bounds are 45 from 100 ns to 63 s, five a decade', (t) => {
  const bounds = snapBounds(null);
  t.is(bounds.length, 45);
  const within = (ns: number | undefined, wanted: number) =>
    t.true(Math.abs((ns ?? 0) / wanted - 1) < 0.005, `${ns} ns for ${wanted} ns`);
  within(bounds[0], 100);
  within(bounds[20], 1e6);
  within(bounds[44], 63e9);
});

test('every bound is the last value of a bucket, they rise, and each lies within a bucket of what was asked', (t) => {
  fc.assert(
    fc.property(rising, (boundsSeconds) => {
      const bounds = snapBounds(boundsSeconds);
      for (const [at, bound] of bounds.entries()) {
        t.is(bound, highestValueOf(bucketIndexOf(bound)));
        t.true(at === 0 || bound > (bounds[at - 1] ?? 0));
      }
      for (const asked of boundsSeconds) {
        const ns = Math.round(asked * 1e9);
        t.true(bounds.some((bound) => Math.abs(bucketIndexOf(bound) - bucketIndexOf(ns)) <= 1));
      }
    }),
  );
});

test('snapping what was snapped changes nothing', (t) => {
  const bounds = snapBounds(null);
  t.deepEqual(snapBounds(bounds.map((ns) => ns / 1e9)), bounds);
});

test('a wait counts at the first bound that is not below it, those above all at the last place', (t) => {
  fc.assert(
    fc.property(rising, fc.integer({ min: 0, max: 2 ** 37 }), (boundsSeconds, waitNs) => {
      const bounds = snapBounds(boundsSeconds);
      const places = placesOf(bounds);
      t.is(places.length, hdr.countsLength);
      const first = bounds.findIndex((bound) => waitNs <= bound);
      t.is(places[bucketIndexOf(waitNs)], first === -1 ? bounds.length : first);
    }),
  );
});

for (const [title, bounds, message] of [
  ['none', [], /they are 0/],
  ['too many', Array.from({ length: 101 }, (_, at) => (at + 1) / 10), /they are 101/],
  ['out of order', [0.1, 0.01], /0\.01 does not rise/],
  ['equal', [0.1, 0.1], /0\.1 does not rise/],
  ['zero', [0, 1], /0 is not above 0/],
  ['not a number', [Number.NaN], /NaN is not above 0/],
  ['beyond the histogram', [1, 69], /69 is not above 0 and up to 68/],
] as const)
  test(`bounds that can't be used are refused with the reason: ${title}`, (t) => {
    const error = t.throws(() => snapBounds(bounds), { instanceOf: VifscopeError, message });
    t.is(error?.code, 'USAGE');
  });
