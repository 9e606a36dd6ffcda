// From rounds to a ground's cost by that of one pair: no kernel needed.
import test from 'ava';
import { scaleFigures, scaleText } from '../../../src/bench/scale/figures.js';
import type { ScaleRound } from '../../../src/bench/scale/rounds.js';

const packets = 1_000;
/** Two runs a packet. */
const turn = (ns: number) => ({ packets, runs: { count: 2 * packets, totalNs: ns * packets } });
const round = (oneNs: number, moreNs: number): ScaleRound => ({
  one: { empty: turn(60), vifscope: turn(60 + oneNs) },
  // More runs than packets: others' packets ran the programs, too.
  more: { empty: turn(100), vifscope: turn(100 + moreNs) },
});

test('each ground is above the empty programs on it, and compared within its round', (t) => {
  const { oneNs, moreNs, ratio } = scaleFigures('busy', [round(100, 150), round(200, 220), round(100, 120)]);
  t.deepEqual(oneNs, { median: 100, min: 100, max: 200 });
  t.deepEqual(moreNs, { median: 150, min: 120, max: 220 });
  t.is(ratio.median, 1.2);
});

test('runs for packets of others cost what empty programs do, and no more is taken out', (t) => {
  const { empty } = round(0, 0).one;
  const busier = { packets, runs: { count: 3 * packets, totalNs: 200 * packets } };
  const { oneNs } = scaleFigures('quiet', [{ ...round(0, 0), one: { empty, vifscope: busier } }]);
  t.is(oneNs.median, 200 - 3 * 30);
});

test('the text says of each ground whether it is flat', (t) => {
  const text = scaleText(
    [scaleFigures('busy', [round(100, 150)]), scaleFigures('flows', [round(100, 110)])],
    1,
  );
  t.regex(text, /64 busy pairs +100 \(100 to 100\) +150 \(150 to 150\) +1\.50 \(1\.50 to 1\.50\) +missed\n/);
  t.regex(text, /10,000 flows +100 .* 1\.10 .* met\n/);
});
