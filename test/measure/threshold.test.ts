import test from 'ava';
import { VifscopeError } from '../../src/errors.js';
import { parseThreshold, statisticName, violationsIn } from '../../src/measure/threshold.js';
import { figures, sampleSnapshot, segmentLine } from '../export/sampleSnapshot.js';

for (const [text, of, statistic, limitNs] of [
  ['p99=1ms', null, 'p99', 1_000_000],
  ['p99.9=250us', null, 'p99.9', 250_000],
  ['max=2s', null, 'max', 2_000_000_000],
  ['mean=830ns', null, 'mean', 830],
  ['p50=1.5\u00b5s', null, 'p50', 1500],
  ['p50=1.5\u03bcs', null, 'p50', 1500],
  ['ring:p100=5ms', 'ring', 'p100', 5_000_000],
  ['max=0ns', null, 'max', 0],
  ['forwarder:p99=1ms', 'forwarder', 'p99', 1_000_000],
] as const) {
  test(`--fail-above ${text} is read`, (t) => {
    const threshold = parseThreshold(text);
    t.is(threshold.of, of);
    t.is(statisticName(threshold.statistic), statistic);
    t.is(threshold.limitNs, limitNs);
  });
}

for (const [text, named] of [
  ['', 'latency'],
  ['p99', 'latency'],
  ['p99=1', '"1"'],
  ['p99=', '""'],
  ['p99=fast', '"fast"'],
  ['p99=-1ms', '"-1ms"'],
  ['p99=1kg', '"1kg"'],
  ['p99=NaNms', '"NaNms"'],
  ['p99=Infinityms', '"Infinityms"'],
  [`p99=${'9'.repeat(400)}s`, 'is not a latency'],
  ['p0=1ms', '"p0"'],
  ['p101=1ms', '"p101"'],
  ['p999=1ms', '"p999"'],
  ['99=1ms', '"99"'],
  ['median=1ms', '"median"'],
  ['constructor=1ms', '"constructor"'],
  ['p99=1constructor', '"1constructor"'],
  [
    'rings:p99=1ms',
    'no segment "rings", only qdisc, driver, backlog, ring, inject, forwarder, guest, end_to_end',
  ],
  [':p99=1ms', 'no segment ""'],
  ['ring:p99:1ms', 'latency'],
  ['p99=1ms=2ms', 'latency'],
] as const) {
  test(`--fail-above "${text}" is a usage error that names what is wrong`, (t) => {
    const error = t.throws(() => parseThreshold(text), { instanceOf: VifscopeError });
    t.is(error?.code, 'USAGE');
    t.true(error?.failure.reason.includes(named), error?.failure.reason);
    t.regex(error?.message ?? '', /write it like --fail-above p99=1ms/);
  });
}

test('a figure above the limit is a violation, one at the limit is not', (t) => {
  const snapshot = sampleSnapshot({ segments: [segmentLine({}, 1000, 2000, 3000)] });
  t.is(violationsIn(snapshot, [parseThreshold('max=3us')]).length, 0);
  const [violation] = violationsIn(snapshot, [parseThreshold('max=2999ns')]);
  t.is(violation?.valueNs, 3000);
  t.like(violation?.line, { device: 'veth0' });
  t.is(violationsIn(snapshot, [parseThreshold('mean=2us')]).length, 0);
  t.is(violationsIn(snapshot, [parseThreshold('mean=1999ns')]).length, 1);
});

test('a percentile that no line carries is compared too', (t) => {
  const snapshot = sampleSnapshot({ segments: [segmentLine({}, ...new Array(9).fill(1000), 90_000)] });
  t.is(violationsIn(snapshot, [parseThreshold('p75=10us')]).length, 0);
  t.is(violationsIn(snapshot, [parseThreshold('p95=10us')]).length, 1);
});

test('a threshold with a segment is for that segment alone, one without for every segment', (t) => {
  const segments = (['qdisc', 'ring'] as const).map((segment) => segmentLine({ segment }, 5_000_000));
  const legs = [{ from: 'a/tun0', to: 'b/tun1', leg: 'forwarder' as const, ...figures(5_000_000) }];
  const snapshot = sampleSnapshot({ segments, legs });
  const exceeding = (text: string) =>
    violationsIn(snapshot, [parseThreshold(text)]).map(({ line }) =>
      'segment' in line ? line.segment : line.leg,
    );
  t.deepEqual(exceeding('ring:max=1ms'), ['ring']);
  t.deepEqual(exceeding('max=1ms'), ['qdisc', 'ring']);
  t.deepEqual(exceeding('forwarder:max=1ms'), ['forwarder']);
  t.deepEqual(exceeding('guest:max=1ms'), []);
});

test('a line without a sample exceeds nothing', (t) => {
  const snapshot = sampleSnapshot({ segments: [segmentLine()] });
  t.deepEqual(violationsIn(snapshot, [parseThreshold('max=0ns'), parseThreshold('p12=0ns')]), []);
});
