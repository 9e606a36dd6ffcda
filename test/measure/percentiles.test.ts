import test from 'ava';
import { VifscopeError } from '../../src/errors.js';
import { hdrHistogramOf, percentileOf } from '../../src/measure/histogram.js';
import { defaultPercentiles, parsePercentiles, percentilesIn } from '../../src/measure/percentiles.js';
import { figures, recorded } from '../export/sampleSnapshot.js';

const latenciesNs = Array.from({ length: 20_000 }, (_, i) => Math.round(1e9 / (20_000 - i)));

for (const [text, expected] of [
  ['50', [50]],
  ['50,99.9', [50, 99.9]],
  [' 99.9 , p50 ', [50, 99.9]],
  ['99,50,99', [50, 99]],
  ['100', [100]],
  ['0.001', [0.001]],
] as const) {
  test(`--percentiles "${text}" is read`, (t) => {
    t.deepEqual(parsePercentiles(text), [...expected]);
  });
}

for (const text of [
  '',
  '50,',
  '0',
  '-1',
  '100.1',
  'p999',
  'NaN',
  'Infinity',
  '1e1',
  'median',
  '50;99',
  '99,9%',
]) {
  test(`--percentiles "${text}" is a usage error that shows how to write it`, (t) => {
    const error = t.throws(() => parsePercentiles(text), { instanceOf: VifscopeError });
    t.is(error?.code, 'USAGE');
    t.regex(error?.message ?? '', /--percentiles 50,99,99\.9/);
  });
}

test('the percentiles that figures carry are the ones their histogram yields', (t) => {
  const latency = recorded(latenciesNs);
  const fromHistogram = defaultPercentiles.map((p) =>
    percentileOf(hdrHistogramOf(latency.counts), p, latency.minNs, latency.maxNs),
  );
  t.deepEqual(percentilesIn(figures(...latenciesNs), defaultPercentiles), fromHistogram);
  t.is(new Set(fromHistogram).size, defaultPercentiles.length);
});

test('a percentile that figures do not carry is read from the encoded histogram', (t) => {
  const [p10Ns, p50Ns, p100Ns] = percentilesIn(figures(...latenciesNs), [10, 50, 100]);
  const exactNs = latenciesNs[1999] ?? 0;
  t.true(p10Ns !== null && p10Ns !== undefined && p10Ns >= exactNs && p10Ns <= exactNs * 1.01);
  t.true((p50Ns ?? 0) > (p10Ns ?? 0));
  t.is(p100Ns, Math.max(...latenciesNs));
});

test('without a sample there is no percentile', (t) => {
  t.deepEqual(percentilesIn(figures(), [10, 50]), [null, null]);
});
