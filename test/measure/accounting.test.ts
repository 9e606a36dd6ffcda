import test from 'ava';
import { imbalance, isOrdinary, sumAccounts } from '../../src/measure/accounting.js';
import { accountingLine } from '../export/sampleSnapshot.js';

const balanced = accountingLine({
  started: 31,
  matched: 16,
  dropped: 8,
  expired: 4,
  evicted: 2,
  inFlight: 1,
  unmatched: 99,
});

test('every outcome balances a start, and an end without a start balances none', (t) => {
  t.is(imbalance(balanced), 0);
  for (const outcome of ['matched', 'dropped', 'expired', 'evicted', 'inFlight'] as const) {
    t.is(imbalance({ ...balanced, [outcome]: balanced[outcome] + 1 }), -1, outcome);
  }
  t.is(imbalance({ ...balanced, started: 40 }), 9);
});

test('packets that were matched, dropped or are in flight are ordinary, all else is not', (t) => {
  const ordinary = accountingLine({ started: 10, matched: 5, dropped: 3, inFlight: 2 });
  t.true(isOrdinary(ordinary));
  t.false(isOrdinary({ ...ordinary, started: 11 }));
  t.false(isOrdinary({ ...ordinary, matched: 4, expired: 1 }));
  t.false(isOrdinary({ ...ordinary, matched: 4, evicted: 1 }));
  t.false(isOrdinary({ ...ordinary, unmatched: 1 }));
});

test('lines add up counter by counter', (t) => {
  const sum = sumAccounts([balanced, accountingLine({ started: 1, inFlight: 1 })]);
  t.deepEqual(sum, {
    started: 32,
    matched: 16,
    dropped: 8,
    expired: 4,
    evicted: 2,
    inFlight: 2,
    unmatched: 99,
  });
  t.is(sumAccounts([]).started, 0);
});
