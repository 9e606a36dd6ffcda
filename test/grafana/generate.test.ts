import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { packageRoot } from './support/dashboards.js';

const program = fileURLToPath(new URL('../../grafana/generate.js', import.meta.url));

const generate = (...words: readonly string[]) =>
  spawnSync(process.execPath, [program, ...words], { cwd: packageRoot, encoding: 'utf8' });

test('the committed dashboards are what the sources say', (t) => {
  const { status, stderr } = generate('--check');
  t.is(status, 0, stderr);
});

test('--check exits 1 for other texts, and says which and what command makes them right', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-dashboards-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  t.is(generate(directory).status, 0);
  t.is(generate('--check', directory).status, 0);
  writeFileSync(join(directory, 'path.json'), '{}\n');
  const { status, stderr } = generate('--check', directory);
  t.is(status, 1);
  t.is(stderr, `path.json in ${directory}: not what the sources say; run node dist/grafana/generate.js\n`);
});

test('wrong words are a usage error, a place that is not there a failure; both without a stack trace', (t) => {
  t.is(generate('--chekc').status, 2);
  t.is(generate('a', 'b').status, 2);
  const { status, stderr } = generate('no-such-directory');
  t.is(status, 1);
  t.regex(stderr, /^cannot generate dashboards: ENOENT.*\n$/);
});
