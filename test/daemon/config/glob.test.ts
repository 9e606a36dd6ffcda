import test from 'ava';
import fc from 'fast-check';
import { globFault } from '../../../daemon/config/glob.js';
import { wantedBy } from '../../../src/measure/devicePatterns.js';

test('globs as people write them are fine', (t) => {
  for (const glob of [
    '*',
    'veth*',
    'veth[0-9]',
    'blue/{a,b}*',
    '@(tap|tun)?',
    'net:\\[4026531840\\]/*',
    '!(lo)',
    'a\\{b',
  ])
    t.is(globFault(glob), null, glob);
});

test('what picomatch takes without a word and matches nothing with is refused', (t) => {
  for (const glob of [
    '',
    ' ',
    '[',
    '[a',
    'a]',
    '{a',
    'a}',
    '{a,{b}',
    '}{',
    '(a',
    'a)',
    '+(',
    '[z-a]',
    'a\\',
    '!veth0',
    'x'.repeat(201),
  ])
    t.is(typeof globFault(glob), 'string', glob);
});

test('any name with its special characters escaped is a glob, and one for that name', (t) => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 15 }), (text) => {
      const name = text.replace(/[\s/\\]/g, '_');
      const glob = name.replace(/[^\w]/g, '\\$&');
      return globFault(glob) === null && wantedBy([glob], [])('host', name);
    }),
  );
  t.false(wantedBy(['a\\*'], [])('host', 'ab'));
});
