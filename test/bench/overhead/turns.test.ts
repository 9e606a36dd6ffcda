// The order of observers, and that each is ended: no kernel needed.
import test from 'ava';
import { type Observer, takeTurns, turned } from '../../../src/bench/overhead/turns.js';

type Name = 'a' | 'b';

function watched(log: string[]): Observer<Name>[] {
  return (['a', 'b'] as const).map((name) => ({
    name,
    attach: async () => {
      log.push(`+${name}`);
      return {
        end: async () => {
          log.push(`-${name}`);
          return name === 'a' ? 1 : null;
        },
      };
    },
  }));
}

test('in four rounds each comes first as often, and follows itself as often', (t) => {
  t.deepEqual(
    [0, 1, 2, 3].map((round) => turned(['a', 'b'], round).join('')),
    ['ab', 'ba', 'ba', 'ab'],
  );
});

test('each is attached, loaded and ended before the next', async (t) => {
  const log: string[] = [];
  let loads = 0;
  const rounds = await takeTurns(
    watched(log),
    1,
    async () => ++loads,
    () => {},
  );
  t.deepEqual(log, ['+a', '-a', '+b', '-b']);
  t.deepEqual(rounds, [{ a: { load: 1, seenPackets: 1 }, b: { load: 2, seenPackets: null } }]);
});

test('one whose load fails is ended, too', async (t) => {
  const log: string[] = [];
  const failing = () => Promise.reject(new Error('no load'));
  await t.throwsAsync(
    takeTurns(watched(log), 3, failing, () => {}),
    { message: 'no load' },
  );
  t.deepEqual(log, ['+a', '-a']);
});
