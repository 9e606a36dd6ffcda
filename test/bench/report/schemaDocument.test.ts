// docs/bench-result.md names what a result holds, no more and no less.
import { readFileSync } from 'node:fs';
import test from 'ava';
import { z } from 'zod';
import { benchResultSchema } from '../../../src/bench/result/schema.js';

const text = readFileSync(new URL('../../../../docs/bench-result.md', import.meta.url), 'utf8');

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** Where each section's object is found in a result. */
const sections: readonly (readonly [title: string, path: string])[] = [
  ['The run', ''],
  ['Path', 'paths'],
  ['Load', 'plan load'],
  ['Trial', 'paths ceiling trials'],
  ['Drop', 'paths ceiling drops'],
  ['Bound', 'paths ceiling noDrop'],
  ['CPU split', 'paths cpu off'],
  ['Tail', 'paths tail atRate'],
  ['Figures', 'paths tail atRate endToEnd'],
  ['Spread', 'paths cpu off total'],
  ['Tool', 'tools'],
  ['Step', 'scale'],
];

/** The object that may stand there: of an array its items, of one that may be null the other. */
function objectOf(schema: Schema): Schema {
  if (schema.properties) return schema;
  const inner = schema.items ?? schema.anyOf?.find((one) => one.properties ?? one.items);
  if (!inner) throw new Error('no object there');
  return objectOf(inner);
}

function membersAt(path: string): string[] {
  let schema = objectOf(z.toJSONSchema(benchResultSchema) as Schema);
  for (const name of path.split(' ').filter(Boolean)) schema = objectOf(schema.properties?.[name] ?? {});
  return Object.keys(schema.properties ?? {});
}

for (const [title, path] of sections)
  test(`the section "${title}" has every member`, (t) => {
    const section = text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
    const named = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    t.deepEqual(named, membersAt(path));
  });

test('there is no section that is not looked at', (t) => {
  const titles = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  t.deepEqual(
    titles,
    sections.map(([title]) => title),
  );
});
