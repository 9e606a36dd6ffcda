import test from 'ava';
import { VifscopeError } from '../../src/errors.js';
import { parseDuration } from '../../src/measure/duration.js';

for (const [text, seconds] of [
  ['5', 5],
  ['5s', 5],
  ['0.25', 0.25],
  ['500ms', 0.5],
  ['2m', 120],
  ['1h', 3600],
  [' 5 s ', 5],
] as const) {
  test(`--duration "${text}" is ${seconds} s`, (t) => {
    t.is(parseDuration(text), seconds);
  });
}

for (const text of [
  '',
  '0',
  '0.0s',
  '-5',
  '+5',
  'five',
  '5x',
  '5 5',
  'NaN',
  'Infinity',
  '1e3',
  's',
  '.',
  '5,5',
]) {
  test(`--duration "${text}" is a usage error that shows how to write it`, (t) => {
    const error = t.throws(() => parseDuration(text), { instanceOf: VifscopeError });
    t.is(error?.code, 'USAGE');
    t.regex(error?.message ?? '', /write it like --duration 5s/);
  });
}

test('a duration that a timer cannot hold is refused', (t) => {
  t.is(parseDuration('24 h'), 86_400);
  for (const text of ['2147484', '600h', '9'.repeat(400)]) {
    t.throws(() => parseDuration(text), { code: 'USAGE' });
  }
});
