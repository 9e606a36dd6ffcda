import test from 'ava';
import { LegInterval, totalsSince } from '../../src/journey/legInterval.js';
import { LegLedger } from '../../src/journey/legLedger.js';
import { Unwrapped } from '../../src/journey/unwrapped.js';

const before = {
  every: 1,
  begun: 100,
  whole: 60,
  partial: 10,
  ambiguous: 5,
  overlong: 1,
  evicted: 5,
  lostEvents: 7,
  unrecognisable: 3,
};
const after = { ...before, every: 4, begun: 150, whole: 110, ambiguous: 6, lostEvents: 9, unrecognisable: 3 };

test('an interval counts what has ended in it, and as begun what was under way before', (t) => {
  const since = totalsSince(after, before);
  const { begun, whole, partial, ambiguous, evicted } = since;
  const underWayNow = 150 - 110 - 10 - 6 - 5;
  t.is(begun, whole + partial + ambiguous + evicted + underWayNow);
  t.like(since, { every: 4, whole: 50, partial: 0, ambiguous: 1, lostEvents: 2, unrecognisable: 0 });
});

test('a closed interval stays as it was when it was closed', (t) => {
  let totals = before;
  let isOpen = true;
  const interval = new LegInterval(
    new LegLedger(() => null),
    () => totals,
    () => {
      isOpen = false;
    },
  );
  interval.close();
  t.false(isOpen);
  totals = after;
  t.like(interval.read().journeys, { begun: 20, whole: 0, lostEvents: 0 });
});

test('the rate of an interval: at its end, and how far it went meanwhile', (t) => {
  let totals = before;
  const ledger = new LegLedger(() => null);
  const interval = new LegInterval(
    ledger,
    () => totals,
    () => {},
  );
  const range = () => {
    const { every, everyLeast, everyMost } = interval.read().journeys;
    return [every, everyLeast, everyMost];
  };
  t.deepEqual(range(), [1, 1, 1]);
  for (const every of [2, 4, 8, 4]) {
    ledger.rate(every);
    totals = { ...totals, every };
  }
  t.deepEqual(range(), [4, 1, 8]);
});

test('a counter that wraps goes on', (t) => {
  const counter = new Unwrapped(2 ** 32 - 2);
  t.is(counter.follow(2 ** 32 - 1), 1);
  t.is(counter.follow(3), 5);
  t.is(counter.follow(3), 5);
});
