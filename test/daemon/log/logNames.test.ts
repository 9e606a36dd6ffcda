import test from 'ava';
import fc from 'fast-check';
import { logName, surplusLogs } from '../../../daemon/log/logNames.js';

const startMs = Date.parse('2026-01-02T03:04:05.678Z');
const names = (...numbers: number[]) => numbers.map((number) => logName(startMs, number));

test('a log is named after its first second, with a number when it is not the first of it', (t) => {
  t.deepEqual(names(1, 2, 10), [
    'vifscope-20260102T030405Z.hlog',
    'vifscope-20260102T030405Z-2.hlog',
    'vifscope-20260102T030405Z-10.hlog',
  ]);
});

test('the oldest are too many first, the one being written never is', (t) => {
  const [first = '', ...others] = [
    ...names(2, 10, 1),
    logName(startMs + 1000, 1),
    logName(startMs - 1000, 3),
  ];
  t.deepEqual(surplusLogs([first, ...others], 2, null), [others[3], others[1], first]);
  t.deepEqual(surplusLogs([first, ...others], 1, others[3] ?? null), [
    others[1],
    first,
    others[0],
    others[2],
  ]);
});

test('names that are no log of ours are never too many', (t) => {
  const foreign = [
    'vifscope-20260102T030405Z.hlog.gz',
    'vifscope-20260102T030405Z-x.hlog',
    'vifscope-20260102T030405Z.hlog\n',
    'avifscope-20260102T030405Z.hlog',
    'vifscope-2026-01-02.hlog',
    'other.hlog',
  ];
  t.deepEqual(surplusLogs([...foreign, ...names(1, 2)], 1, null), names(1));
});

test('as many stay as are to be kept, and none that stays is older than one that goes', (t) => {
  const log = fc.record({ second: fc.nat(20), number: fc.integer({ min: 1, max: 12 }) });
  const age = ({ second, number }: { second: number; number: number }) => second * 100 + number;
  fc.assert(
    fc.property(
      fc.uniqueArray(log, { selector: age }),
      fc.integer({ min: 1, max: 12 }),
      fc.nat(),
      (logs, keep, at) => {
        const named = logs.map((each) => ({
          age: age(each),
          name: logName(startMs + each.second * 1000, each.number),
        }));
        const current = named[at % (named.length + 1)] ?? null;
        const surplus = surplusLogs(
          named.map(({ name }) => name),
          keep,
          current?.name ?? null,
        );
        const [going, staying] = [true, false].map((goes) =>
          named
            .filter((each) => each !== current && surplus.includes(each.name) === goes)
            .map((each) => each.age),
        );
        return (
          surplus.length === Math.max(0, named.length - keep) &&
          Math.max(-1, ...(going ?? [])) < Math.min(1e9, ...(staying ?? []))
        );
      },
    ),
  );
  t.pass();
});
