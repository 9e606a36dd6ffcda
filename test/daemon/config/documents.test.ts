import { readFileSync } from 'node:fs';
import test from 'ava';
import { parse, stringify } from 'yaml';
import { defaultConfig, readConfig } from '../../../daemon/config/config.js';
import { configKeys } from '../../../daemon/config/table.js';

const fileOf = (path: string) => new URL(`../../../../${path}`, import.meta.url).pathname;
const example = fileOf('systemd/vifscope.yaml');
const documentation = readFileSync(fileOf('docs/configuration.md'), 'utf8');

const flow = (value: unknown): string => stringify(value, { collectionStyle: 'flow' }).trim();

test('the example has every key, at its default', (t) => {
  t.deepEqual(readConfig(example), defaultConfig);
  const written: unknown = parse(readFileSync(example, 'utf8'));
  const inExample = Object.entries(written as Record<string, unknown>).flatMap(([section, value]) =>
    typeof value === 'object' && value !== null
      ? Object.keys(value).map((name) => `${section}.${name}`)
      : [section],
  );
  t.deepEqual(
    inExample,
    configKeys.map(({ path }) => path),
  );
});

test('the example says of every key that is live that it is', (t) => {
  for (const line of readFileSync(example, 'utf8').split('\n')) {
    const [, name] = /^ {2}(\w+):/.exec(line) ?? [];
    if (name === undefined) continue;
    const change = configKeys.find(({ path }) => path.endsWith(`.${name}`))?.change;
    t.is(line.endsWith('(live)'), change === 'live', line);
  }
});

test('the documentation has a line for every key, with its default and how it changes', (t) => {
  const rows = documentation.split('\n').flatMap((line) => {
    const [, path, byDefault, change] = /^\| `([\w.]+)` \| `([^`]+)` \| (\w+) \|/.exec(line) ?? [];
    return path === undefined ? [] : [{ path, byDefault: flow(parse(byDefault ?? '')), change }];
  });
  t.deepEqual(
    rows,
    configKeys.map(({ path, byDefault, change }) => ({ path, byDefault: flow(byDefault), change })),
  );
});
