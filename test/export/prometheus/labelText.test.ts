import test from 'ava';
import fc from 'fast-check';
import { labelText } from '../../../src/export/prometheus/labelText.js';

test('labels stand in their order, with commas between', (t) => {
  t.is(labelText({ device: 'veth0', netns: 'host' }), 'device="veth0",netns="host"');
  t.is(labelText({}), '');
});

test('backslash, quote and line feed are escaped, and nothing else', (t) => {
  t.is(labelText({ device: 'a\\b"c\nd\te{}é' }), 'device="a\\\\b\\"c\\nd\te{}é"');
});

test('a reader of the format gets any value back', (t) => {
  const value = fc.string({ unit: fc.oneof(fc.constantFrom('\\', '"', '\n', 'n', ',', '='), fc.string()) });
  fc.assert(
    fc.property(value, value, (first, second) => {
      t.deepEqual(read(labelText({ first, second })), [
        ['first', first],
        ['second', second],
      ]);
    }),
  );
});

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/, "Comments, help text, and type information" */
function read(text: string): [string, string][] {
  const labels = [...text.matchAll(/(\w+)="((?:\\[\\"n]|[^\\"\n])*)"(,|$)/g)];
  if (labels.map(([whole]) => whole).join('') !== text) throw new Error(`not labels: ${text}`);
  return labels.map(([, name = '', value = '']) => [
    name,
    value.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped)),
  ]);
}
