// From times of parts to figures and text: no kernel needed.
import test from 'ava';
import { partFigures, partsText } from '../../../src/bench/parts/figures.js';

const times = {
  verbs: [
    { verb: 'nothing', ns: [1, 2, 1] },
    { verb: 'clock', ns: [21, 32, 23] },
    { verb: 'stamp', packets: 100, ns: [11, 12, 11] },
    { verb: 'sample', shards: 10, ns: [5, 6, 5] },
  ],
  tasks: [
    { task: 'read', segments: 10, ns: [100, 120, 110] },
    { task: 'read', segments: 100, ns: [330, 300, 400] },
    { task: 'log', segments: 10, ns: [2_000, 2_000, 2_000] },
  ],
} as const;

test('a verb is above the empty loop of its round', (t) => {
  const { verbs } = partFigures(times);
  t.deepEqual(
    verbs.map(({ verb, ns }) => [verb, ns.median, ns.min, ns.max]),
    [
      ['clock', 22, 20, 30],
      ['stamp', 10, 10, 10],
      ['sample', 4, 4, 4],
    ],
  );
});

test("a task's growth is against its own smallest size", (t) => {
  const { tasks } = partFigures(times);
  t.deepEqual(
    tasks.map(({ growth }) => growth),
    [1, 3, 1],
  );
});

test('the text has a line a verb and size, and a line a task and size', (t) => {
  const text = partsText(partFigures(times), 3);
  t.regex(text, /read the clock +22\.0 \(20\.0 to 30\.0\)\n/);
  t.regex(text, /stamp a packet .* 100 in flight +10\.0/);
  t.regex(text, /count a sample +10 device-segments +4\.0/);
  t.regex(text, /read what was counted +100 +330 ns +300 ns +400 ns +3\.00\n/);
});
