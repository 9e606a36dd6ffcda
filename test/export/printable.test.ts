import test from 'ava';
import fc from 'fast-check';
import { clipped, printable } from '../../src/export/printable.js';

for (const [name, text] of [
  ['veth0', 'veth0'],
  ['br-1.42@x,"y"', 'br-1.42@x,"y"'],
  ['träger', 'träger'],
  ['a b', 'a b'],
  ['\u001b[31mred', '\\x1b[31mred'],
  ['a\nb\rc\td\0', 'a\\x0ab\\x0dc\\x09d\\x00'],
  ['\u009b2J', '\\x9b2J'],
  ['\u202egnp', '\\u{202e}gnp'],
  ['zero\u200bwidth', 'zero\\u{200b}width'],
  ['no\u00a0break', 'no\\xa0break'],
  ['line\u2028end', 'line\\u{2028}end'],
  ['\ud800', '\\u{d800}'],
  ['back\\slash', 'back\\\\slash'],
] as const) {
  test(`${JSON.stringify(name)} is printed as ${text}`, (t) => {
    t.is(printable(name), text);
  });
}

test('different names stay different, and none keeps a control character', (t) => {
  const name = fc.string({ unit: 'binary', maxLength: 8 });
  fc.assert(fc.property(name, name, (a, b) => (a === b) === (printable(a) === printable(b))));
  fc.assert(fc.property(name, (n) => !/\p{C}/u.test(printable(n))));
  t.pass();
});

test('a long name is cut between characters, with a sign of it', (t) => {
  t.is(clipped('abcdef', 6), 'abcdef');
  t.is(clipped('abcdefg', 6), 'abcde…');
  t.is(clipped('😀😀😀', 2), '😀…');
});
