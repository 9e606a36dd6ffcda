// Figures of tools beside ours, over rounds.
import test from 'ava';
import { type Framing, framings } from '../../../src/bench/children/framing.js';
import { comparedOver, comparedText, comparison } from '../../../src/bench/tools/comparisons.js';

test('the ratio is of a round, not of medians', (t) => {
  const rounds = [
    [...comparison('loss', 10, 20), ...comparison('rate', 1, null)],
    comparison('loss', 30, 10),
    comparison('loss', 20, 40),
  ];
  const [loss, ...others] = comparedOver(rounds);
  t.deepEqual(others, []);
  t.like(loss, {
    what: 'loss',
    theirs: { median: 20 },
    ours: { median: 20 },
    ratio: { median: 0.5, max: 3 },
  });
  t.is(comparedText(comparedOver(rounds)), 'loss: 20.00 beside our 20.00, ratio 0.500 (0.500 to 3.000)\n');
});

// As sockperf 3.7 itself sends: its sixth message of 40 bytes that wants no answer, and one that does.
test('a message to sockperf has its header, and one in ten wants an answer', (t) => {
  const sockperf: Framing = framings.sockperf;
  const input = {
    netns: '',
    carrier: 'udp' as const,
    sourceAddress: '',
    sourcePort: 1,
    sinkAddresses: [''],
    sinkPort: 2,
  };
  const headerOf = (turn: number) => {
    const data = Buffer.alloc(40, 0xff);
    sockperf.prepare(data, 0, input);
    sockperf.finish(data, 0, 40, turn, 0, input);
    return data.subarray(0, 14).toString('hex');
  };
  t.is(headerOf(6), '0000000000000006000100000028');
  t.is(headerOf(20), '0000000000000014000300000028');
});
