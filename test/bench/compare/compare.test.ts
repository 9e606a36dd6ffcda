// Catches: noise told as a difference, a real one missed, an improvement told as a regression, results of different
// loads held against each other.
import test from 'ava';
import fc from 'fast-check';
import { compareResults } from '../../../src/bench/compare/compare.js';
import { judge } from '../../../src/bench/compare/judge.js';
import { comparisonText } from '../../../src/bench/compare/text.js';
import type { BenchResult } from '../../../src/bench/result/schema.js';
import { VifscopeError } from '../../../src/errors.js';
import { sampleLoad, samplePath, samplePlan, sampleResult, sampleTail } from '../sampleResult.js';
import { randomFrom } from '../search/simulation.js';

/** The same noise for every run of the test. */
function noises(random: () => number) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    normal: () => 100 + normal(),
    'log-normal': () => Math.exp(normal()),
    exponential: () => -Math.log(1 - random()),
  };
}

for (const repeats of [3, 4, 5, 7, 10])
  test(`two runs of the same thing, ${repeats} repeats each, are told apart in less than 0.3 % of cases`, (t) => {
    const rounds = 20_000;
    for (const [name, noise] of Object.entries(noises(randomFrom(repeats)))) {
      const run = () => Array.from({ length: repeats }, noise);
      const told = Array.from({ length: rounds }, () => judge(run(), run())).filter(
        (verdict) => verdict === 'differs',
      );
      t.true(told.length <= rounds * 0.003, `${name}: ${told.length} of ${rounds}`);
    }
  });

test('a difference of ten times the noise is found with three repeats', (t) => {
  const random = randomFrom(3);
  const run = (around: number) => Array.from({ length: 3 }, () => around + random());
  const found = Array.from({ length: 1_000 }, () => judge(run(100), run(110))).filter((v) => v === 'differs');
  t.true(found.length > 990, `${found.length}`);
});

test('two repeats tell nothing, and the order of runs and repeats makes no difference', (t) => {
  t.is(judge([1, 1], [9, 9]), 'too few repeats');
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 9 });
  fc.assert(
    fc.property(values, values, (a, b) => {
      t.is(judge(a, b), judge(b, a));
      t.is(judge(a, b), judge(a.toReversed(), b));
    }),
  );
});

test('a ceiling that fell is a regression past the bound, one that rose is none', (t) => {
  const at = (ceilings: number[]) => sampleResult({ paths: [samplePath('tun', ceilings)] });
  const [high, low] = [at([100_000, 100_500, 99_800]), at([80_000, 80_300, 79_900])];
  const regressions = (bound: number) =>
    compareResults(high, low, bound).differences.filter(({ isRegression }) => isRegression);
  t.deepEqual(
    regressions(0.1).map(({ path, figure }) => `${path} ${figure}`),
    ['tun rate without loss', 'tun rate with 0.5 % loss'],
  );
  t.is(regressions(0.3).length, 0);
  const better = compareResults(low, high, 0.1).differences.filter(({ verdict }) => verdict === 'differs');
  t.true(better.length === 2 && better.every(({ isRegression }) => !isRegression));
});

test('a tail that grew is a regression; what is void does not count', (t) => {
  const before = sampleResult();
  const slow = sampleTail([
    [1_000, 2_000, 30_000],
    [1_010, 2_020, 30_300],
    [990, 1_980, 29_700],
  ]);
  const after = (tail: typeof slow) =>
    sampleResult({
      paths: [samplePath('veth', [200_000, 201_000, 199_000], { tail: { atRate: tail, overLoad: [] } })],
    });
  const worse = compareResults(before, after(slow), 0.1).differences.filter(
    ({ isRegression }) => isRegression,
  );
  t.deepEqual(
    worse.map(({ figure }) => figure),
    ['end to end p90', 'end to end p99', 'end to end p99.9', 'end to end max'],
  );
  const isVoid = slow.repeats.map((repeat) => ({
    ...repeat,
    trial: { ...repeat.trial, voidReason: 'missed' },
  }));
  const none = compareResults(before, after({ ...slow, repeats: isVoid }), 0.1);
  t.true(none.missing.includes('veth: end to end p99'));
});

test('another forwarder, another qdisc and another way of searching are told', (t) => {
  const tun = (forwarder: string, part: Partial<BenchResult> = {}) =>
    sampleResult({ paths: [samplePath('tun', [1, 2, 3], { settings: { forwarder } })], ...part });
  const socat = tun('socat', { plan: { ...samplePlan, qdisc: 'pfifo', searches: 1 } });
  const { remarks } = compareResults(tun('our own'), socat, 0.1);
  t.deepEqual(remarks, [
    'searches: 3 before, 1 after',
    'qdisc: each path’s own before, pfifo after',
    'tun forwarder: our own before, socat after',
  ]);
});

test('other loads are refused, other kernels and paths are told', (t) => {
  const other = sampleResult({
    plan: { ...samplePlan, load: { ...sampleLoad, flows: 2 } },
  });
  const error = t.throws(() => compareResults(sampleResult(), other, 0.1), { instanceOf: VifscopeError });
  t.is(error?.code, 'USAGE');
  const newer = sampleResult({
    host: { ...sampleResult().host, kernel: '6.13.0' },
    surroundings: { governor: 'powersave' },
    paths: [],
    interruption: 'interrupted',
  });
  const text = comparisonText(compareResults(sampleResult(), newer, 0.1));
  t.regex(text, /the run after is not whole: interrupted/);
  t.regex(text, /kernel: 6\.12\.0 before, 6\.13\.0 after/);
  t.regex(text, /governor: not told before, powersave after/);
  t.regex(text, /in one of the two alone: veth: rate without loss/);
});
