import test from 'ava';
import fc from 'fast-check';
import { latencyText, shortLatencyText } from '../../src/export/latencyText.js';

for (const [ns, text] of [
  [0, '   0 ns'],
  [7, '   7 ns'],
  [830, ' 830 ns'],
  [999, ' 999 ns'],
  [1000, '1.00 µs'],
  [12_345, '12.3 µs'],
  [99_950, ' 100 µs'],
  [999_499, ' 999 µs'],
  [999_600, '1.00 ms'],
  [4_560_000, '4.56 ms'],
  [1_200_000_000, '1.20 s '],
  [68_719_476_735, '68.7 s '],
  [1_234_000_000_000, '1234 s '],
  [null, '   -   '],
] as const) {
  test(`${ns} ns is written as "${text}"`, (t) => {
    t.is(latencyText(ns), text);
  });
}

test('any latency is 7 characters wide and within half a percent of itself', (t) => {
  const scale: Record<string, number> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 };
  fc.assert(
    fc.property(fc.nat(42), fc.double({ min: 1, max: 2, noNaN: true }), (bits, fraction) => {
      const ns = Math.floor(2 ** bits * fraction);
      const [number, unit = ''] = shortLatencyText(ns).split(' ');
      const read = Number(number) * (scale[unit] ?? Number.NaN);
      return latencyText(ns).length === 7 && Math.abs(read - ns) <= ns * 0.005;
    }),
  );
  t.pass();
});
