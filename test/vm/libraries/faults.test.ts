import test from 'ava';
import { good, kernel } from '../rounds/sampleReport.js';
import { faultsOf } from './faults.js';

test('rounds in which all is well, by the libbpf that was given, have no faults', (t) => {
  t.deepEqual(faultsOf({ libbpf: '1.7', rounds: good }, '1.7', kernel), []);
});

test("the host's libbpf in the place of the given one is a fault", (t) => {
  t.deepEqual(faultsOf({ libbpf: '1.1', rounds: good }, '1.7', kernel), [
    'libbpf 1.1 was loaded instead of 1.7',
  ]);
});

test('a hook that this libbpf does not attach is a fault', (t) => {
  const rounds = {
    ...good,
    rounds: good.rounds.map((round) => ({
      ...round,
      hooks: round.hooks.map((line) =>
        line.hook === 'tun_sendmsg' ? { ...line, mechanism: null, reason: 'refused' } : line,
      ),
    })),
  };
  t.regex(
    faultsOf({ libbpf: '1.7', rounds }, '1.7', kernel).join(),
    /tun_sendmsg has refused instead of fentry/,
  );
});
