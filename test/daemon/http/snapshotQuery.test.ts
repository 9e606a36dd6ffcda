import test from 'ava';
import fc from 'fast-check';
import { errorAnswer } from '../../../daemon/http/answer.js';
import { snapshotQuery } from '../../../daemon/http/snapshotQuery.js';
import { errorOfJson } from '../../../src/client/protocol.js';
import { VifscopeError } from '../../../src/errors.js';
import { wantedBy } from '../../../src/measure/devicePatterns.js';

const read = (query: string) => snapshotQuery(new URLSearchParams(query));

test('a query with everything, and one with nothing', (t) => {
  t.deepEqual(read('duration=500ms&device=tap*&device=blue/veth0&exclude=tap9&id=a-1'), {
    durationSeconds: 0.5,
    include: ['tap*', 'blue/veth0'],
    exclude: ['tap9'],
    id: 'a-1',
  });
  t.deepEqual(read(''), { durationSeconds: 5, include: [], exclude: [], id: null });
  t.is(read('duration=24h').durationSeconds, 86_400);
});

test('what can’t be read is refused with the parameter and a remedy', (t) => {
  const cases: readonly [string, RegExp][] = [
    [
      'devices=x',
      /^cannot use devices=x: there is no such parameter; write it like duration, device, exclude, id/,
    ],
    ['duration=x', /^cannot use duration=x: .*; write it like duration=5s/],
    ['duration=0', /measures nothing/],
    ['duration=-1s', /duration=-1s/],
    ['duration=25h', /at most 24 hours/],
    ['duration=1&duration=2', /duration=2: it is given more than once/],
    ['device=', /device=: not a glob/],
    ['device=veth%5B0', /device=veth\[0: not a glob/],
    ['exclude=%7Ba', /exclude=\{a: not a glob/],
    ['device=*a*a*a*', /more than 3 stars/],
    ['device=%2B(a)', /no \( \) \| \+/],
    [`device=${'a'.repeat(129)}`, /more than 128 characters/],
    ['device=a&'.repeat(33), /more than 32/],
    ['id=', /an id is/],
    ['id=a%2Fb', /an id is/],
    [`id=${'a'.repeat(65)}`, /an id is/],
  ];
  for (const [query, message] of cases) t.throws(() => read(query), { code: 'USAGE', message }, query);
});

test('no glob that is taken keeps the service busy', (t) => {
  const part = fc.constantFrom('*', '?', 'a', '{a,aa}', '[a-z]', '{*,a*}', '!', '/', '**', '.', 'aa');
  const glob = fc.array(part, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));
  const device = [`cni-${'a'.repeat(40)}`, 'a'.repeat(15)] as const;
  let taken = 0;
  const ends = fc.property(glob, (pattern) => {
    let include: readonly string[];
    try {
      ({ include } = snapshotQuery(new URLSearchParams({ device: pattern })));
    } catch {
      return true;
    }
    taken++;
    // A glob that backtracks without end would keep the test from ending.
    return typeof wantedBy(include, [])(...device) === 'boolean';
  });
  t.notThrows(() => fc.assert(ends, { numRuns: 1_000 }));
  t.true(taken > 50);
});

test('an error comes back as it went, whatever its texts', (t) => {
  const code = fc.constantFrom('USAGE', 'FAILED', 'BUSY', 'UNSUPPORTED_HOST', 'LIBRARY_MISSING');
  const text = fc.string({ unit: 'grapheme' });
  const failure = fc.record({ code, operation: text, object: text, reason: text, remedy: text });
  fc.assert(
    fc.property(failure, (given) => {
      const { status, body } = errorAnswer(new VifscopeError({ ...given, cause: new Error('inside') }));
      t.is(status, { USAGE: 400, BUSY: 503 }[given.code as string] ?? 500);
      t.deepEqual(JSON.parse(String(body)), { error: given });
      t.deepEqual(errorOfJson(JSON.parse(String(body)))?.failure, given);
    }),
  );
});

test('what is no failure is thrown on, and no JSON but an error’s is taken for one', (t) => {
  t.throws(() => errorAnswer(new TypeError('a slip')), { instanceOf: TypeError });
  for (const json of [null, 1, {}, { error: null }, { error: { code: 'USAGE' } }])
    t.is(errorOfJson(json), null);
  const texts = { operation: '', object: '', reason: '', remedy: '' };
  t.is(errorOfJson({ error: { code: 'toString', ...texts } }), null);
});
