// From turns to figures, verdicts and text: no kernel needed.
import test from 'ava';
import fc from 'fast-check';
import { comparePairs, type Pair } from '../../../src/bench/overhead/figures.js';
import { judgeTarget, medianInterval } from '../../../src/bench/overhead/interval.js';
import type { Loaded } from '../../../src/bench/overhead/load.js';
import { remarksOn } from '../../../src/bench/overhead/remarks.js';
import { overheadText } from '../../../src/bench/overhead/text.js';

const loaded = (changes: Partial<Loaded> = {}): Loaded => ({
  ceilingPacketsPerSecond: 800_000,
  cpuNs: 4_000,
  p50Ns: 2_000,
  p99Ns: 10_000,
  p999Ns: 20_000,
  sent: 1_000,
  answered: 1_000,
  packets: 5_000,
  stolenShare: 0,
  reachedPacketsPerSecond: 1_000,
  ...changes,
});

const pairOf = (off: Partial<Loaded>, on: Partial<Loaded>, seenPackets = 5_000): Pair => ({
  off: { load: loaded(off), seenPackets: null },
  on: { load: loaded(on), seenPackets },
});

const repeated = (count: number, pair: Pair): Pair[] => Array.from({ length: count }, () => pair);
const circumstances = { packetsPerSecond: 1_000, isPinned: true };

test('the bounds of the median are so many values in that 95 % of all runs have it between them', (t) => {
  const values = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  t.like(medianInterval(values(11)), { median: 6, low: 2, high: 10 });
  t.like(medianInterval(values(8)), { median: 4.5, low: 1, high: 8 });
  // Tables of the sign test: 1 - 2 × 12 / 2^11, and 1 - 2 / 2^5.
  t.is(medianInterval(values(11)).confidence, 1 - 24 / 2048);
  t.is(medianInterval(values(5)).confidence, 1 - 2 / 32);
});

test('the median lies between its bounds, whatever the values', (t) => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 }), (values) => {
      const { median, low, high } = medianInterval(values);
      return low <= median && median <= high && values.includes(low) && values.includes(high);
    }),
  );
  t.pass();
});

test('a target is met or missed where the whole interval says so', (t) => {
  const interval = (low: number, high: number) => ({ median: (low + high) / 2, low, high, confidence: 0.98 });
  const atLeast = { bound: 'at least', ratio: 0.97 } as const;
  const atMost = { bound: 'at most', ratio: 1.03 } as const;
  t.is(judgeTarget(interval(0.97, 1), atLeast), 'met');
  t.is(judgeTarget(interval(0.8, 0.96), atLeast), 'missed');
  t.is(judgeTarget(interval(0.96, 1), atLeast), 'not resolvable');
  t.is(judgeTarget(interval(0.9, 1.03), atMost), 'met');
  t.is(judgeTarget(interval(1.04, 1.2), atMost), 'missed');
  t.is(judgeTarget({ ...interval(1.04, 1.2), confidence: 0.9 }, atMost), 'not resolvable');
});

test('ratios and differences are those of each pair', (t) => {
  const pairs = [
    pairOf({ p50Ns: 1_000 }, { p50Ns: 1_500 }),
    pairOf({ p50Ns: 4_000 }, { p50Ns: 4_400 }),
    pairOf({ p50Ns: 2_000 }, { p50Ns: 2_400 }),
  ];
  const p50 = comparePairs(pairs).find(({ name }) => name === 'p50Ns');
  t.is(p50?.ratio.median, 1.2);
  t.is(p50?.difference.median, 400);
  t.is(p50?.off.median, 2_000);
  t.is(p50?.verdict, null);
});

test('a figure without a sample on one side is left out with its pair', (t) => {
  const names = comparePairs([pairOf({ p999Ns: null }, {})]).map(({ name }) => name);
  t.deepEqual(names, ['ceilingPacketsPerSecond', 'cpuNs', 'p50Ns', 'p99Ns']);
});

test('remarks say what disturbs, and are silent where nothing does', (t) => {
  t.deepEqual(remarksOn({ ...circumstances, pairs: repeated(6, pairOf({}, {})) }), []);
  const disturbed = pairOf({ stolenShare: 0.05 }, { answered: 990, reachedPacketsPerSecond: 500 }, 4_999);
  const remarks = remarksOn({ ...circumstances, isPinned: false, pairs: [disturbed] }).join('\n');
  t.regex(remarks, /^1 pairs are too few/);
  t.regex(remarks, /one CPU/);
  t.regex(remarks, /reached 500 of 1,000/);
  t.regex(remarks, /10 of 2,000 round trips did not come back/);
  t.regex(remarks, /up to 5\.0 %/);
  t.regex(remarks, /seen 1 packets fewer/);
});

test('the text has a line a figure with its verdict', (t) => {
  const pairs = repeated(7, pairOf({}, { ceilingPacketsPerSecond: 640_000, p999Ns: 20_100 }));
  const text = overheadText({
    version: 1,
    startedAt: '',
    load: { packetsPerSecond: 100_000, seconds: 1, frameBytes: 64 },
    pairs: 7,
    figures: comparePairs(pairs),
    programs: null,
    remarks: ['noted'],
  });
  t.regex(text, /sender's ceiling +800,000\/s +640,000\/s +-160,000\/s +0\.800 .* at least 0\.97: missed\n/);
  t.regex(text, /round trip p99\.9 +20\.0 µs +20\.1 µs +\+100 ns +1\.005 .* at most 1\.03: met\n/);
  t.regex(text, /\n\nnoted\n$/);
});
