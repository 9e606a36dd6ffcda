import test from 'ava';
import fc from 'fast-check';
import { SequenceAccount } from '../../src/bench/sequenceAccount.js';

function accountOf(arrivals: readonly number[], capacity: number) {
  const account = new SequenceAccount(capacity);
  for (const sequence of arrivals) account.take(sequence);
  return account;
}

test('cases known by hand', (t) => {
  const cases = [
    { arrivals: [], sent: 0, account: [0, 0, 0, 0, 0] },
    { arrivals: [0, 1, 2], sent: 3, account: [3, 0, 0, 0, 0] },
    { arrivals: [0, 2, 1], sent: 3, account: [3, 1, 0, 0, 0] },
    { arrivals: [2, 0, 1], sent: 3, account: [3, 2, 0, 0, 0] },
    { arrivals: [0, 0, 1, 0], sent: 2, account: [4, 0, 2, 0, 0] },
    { arrivals: [1, 4], sent: 8, account: [2, 0, 0, 6, 3] },
    { arrivals: [], sent: 9, account: [0, 0, 0, 9, 1] },
  ];
  for (const { arrivals, sent, account } of cases) {
    const [received, reordered, duplicated, missing, gaps] = account;
    const expected = { received, reordered, duplicated, missing, gaps };
    t.deepEqual(accountOf(arrivals, 10).summary(sent), expected, JSON.stringify(arrivals));
  }
});

test('numbers outside the flow are refused and change nothing', (t) => {
  const account = new SequenceAccount(9);
  t.false(account.take(9));
  t.true(account.take(8));
  t.is(account.distinct, 1);
});

test('agrees with sets for any order, loss and duplication', (t) => {
  const flows = fc
    .integer({ min: 1, max: 300 })
    .chain((sent) =>
      fc.record({ sent: fc.constant(sent), arrivals: fc.array(fc.nat(sent - 1), { maxLength: 600 }) }),
    );
  fc.assert(
    fc.property(flows, ({ sent, arrivals }) => {
      const firstCopies = arrivals.filter((sequence, index) => arrivals.indexOf(sequence) === index);
      const late = firstCopies.filter((sequence, index) =>
        firstCopies.slice(0, index).some((s) => s > sequence),
      );
      const lost = Array.from({ length: sent }, (_, sequence) => !firstCopies.includes(sequence));
      t.deepEqual(accountOf(arrivals, sent).summary(sent), {
        received: arrivals.length,
        reordered: late.length,
        duplicated: arrivals.length - firstCopies.length,
        missing: lost.filter(Boolean).length,
        gaps: lost.filter((isLost, sequence) => isLost && !lost[sequence - 1]).length,
      });
    }),
  );
});
