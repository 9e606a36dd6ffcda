import test from 'ava';
import fc from 'fast-check';
import { SlidingMaximum } from '../../src/measure/slidingMaximum.js';

const windowMs = 1_000;

test('without a value there is none', (t) => {
  t.is(new SlidingMaximum().at(0, windowMs), null);
});

test('a value of zero is a value', (t) => {
  const maximum = new SlidingMaximum();
  maximum.add(0, 5, windowMs);
  t.is(maximum.at(5, windowMs), 0);
});

test('what came within the window counts, what came a tenth before it does not', (t) => {
  const value = fc.record({
    value: fc.integer({ min: 0, max: 1e12 }),
    afterMs: fc.integer({ min: 0, max: 500 }),
  });
  fc.assert(
    fc.property(fc.array(value), fc.integer({ min: 0, max: 3_000 }), (values, quietMs) => {
      const maximum = new SlidingMaximum();
      let nowMs = 0;
      const added = values.map(({ value, afterMs }) => {
        nowMs += afterMs;
        maximum.add(value, nowMs, windowMs);
        return { value, atMs: nowMs };
      });
      nowMs += quietMs;
      const since = (ms: number) => added.filter(({ atMs }) => atMs >= nowMs - ms).map(({ value }) => value);
      const shown = maximum.at(nowMs, windowMs);
      const certain = since(windowMs);
      if (certain.length > 0) t.true(shown !== null && shown >= Math.max(...certain));
      if (shown !== null) t.true(since(windowMs * 1.1).includes(shown));
    }),
  );
});

test('another window shows nothing that is older than it', (t) => {
  const window = fc.integer({ min: 100, max: 10_000 });
  const values = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1 });
  fc.assert(
    fc.property(
      values,
      window,
      window,
      fc.integer({ min: 0, max: 50_000 }),
      (afterMs, firstMs, thenMs, laterMs) => {
        const maximum = new SlidingMaximum();
        let nowMs = 0;
        for (const ms of afterMs) {
          nowMs += ms;
          // The time itself is the value: what is shown tells when it came.
          maximum.add(nowMs, nowMs, firstMs);
        }
        nowMs += laterMs;
        const shown = maximum.at(nowMs, thenMs);
        t.true(
          shown === null || nowMs - shown <= thenMs * 1.1 + firstMs * 0.1,
          `${shown} at ${nowMs} in ${thenMs}`,
        );
      },
    ),
  );
});
