import test from 'ava';
import fc from 'fast-check';
import { goFloat } from '../../../src/export/prometheus/goFloat.js';

// As Go prints strconv.FormatFloat(x, 'g', -1, 64).
for (const [value, text] of [
  [0, '0'],
  [-0, '-0'],
  [1, '1'],
  [0.5, '0.5'],
  [0.0001, '0.0001'],
  [0.00012345, '0.00012345'],
  [0.00009, '9e-05'],
  [1e-6, '1e-06'],
  [1.023e-6, '1.023e-06'],
  [1e-7, '1e-07'],
  [5e-324, '5e-324'],
  [123456, '123456'],
  [999999.5, '999999.5'],
  [1e6, '1e+06'],
  [1234567, '1.234567e+06'],
  [1e21, '1e+21'],
  [1e100, '1e+100'],
  [-2.5e-9, '-2.5e-09'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
  [Number.NaN, 'NaN'],
] as const)
  test(`as Go writes it: ${text}`, (t) => t.is(goFloat(value), text));

test('no number is changed by writing it, and none is longer than in JavaScript but for the exponent', (t) => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = goFloat(value);
      t.is(Number(text), value);
      t.regex(text, /^-?\d+(\.\d+)?(e[+-]\d{2,3})?$/);
      t.true(text.length <= value.toExponential().length + '0000'.length);
    }),
  );
});
