// A library that can't be used ends a command before anything is loaded, with what is wrong and what helps.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { isUsableVersion } from '../../src/libbpf/library.js';
import { assertMessage, type RunOptions, run } from '../cli/vifscope.js';
import { kernelTest } from '../kernel/support/kernelTest.js';
import { type CachedLibrary, findLibrary } from './cachedLibrary.js';

const remedy = 'install libbpf 1\\.0 or newer \\(on Debian 12 and newer: apt-get install libbpf1\\)';

/** The message names operation, object, cause and remedy; `doctor` tells the same and goes on. */
async function assertRefused(t: ExecutionContext, options: Required<RunOptions>, cause: string) {
  const object = options.env.VIFSCOPE_LIBBPF ?? '';
  const outcome = await run(t, ['snapshot', '--no-daemon', '--duration', '20'], options);
  t.deepEqual([outcome.status, outcome.stdout], [4, ''], outcome.stderr);
  assertMessage(t, outcome, new RegExp(`^vifscope: cannot load ${object}: ${cause}; ${remedy}\\n$`));
  t.log(outcome.stderr.trim());

  const { status, stdout } = await run(t, ['doctor'], options);
  t.is(status, 4);
  t.regex(stdout, new RegExp(`^MISSING +libbpf +${cause}$`, 'm'));
  t.regex(stdout, new RegExp(`→ ${remedy}$`, 'm'));
}

function fileOf(t: ExecutionContext, content: string | Uint8Array): string {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-libbpf-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'libbpf.so.1');
  writeFileSync(path, content);
  return path;
}

const libraryTest = (
  title: string,
  suite: string,
  body: (t: ExecutionContext, library: CachedLibrary) => Promise<void>,
): void => {
  const library = findLibrary(suite);
  if (library === null) test.skip(`${title} (skipped: run scripts/fetch-libbpf.sh ${suite})`, () => {});
  else kernelTest(title, [], (t) => body(t, library));
};

libraryTest('libbpf 0.3 of bullseye lacks functions', 'bullseye', async (t, { version, options }) => {
  t.is(version, '0.3');
  await assertRefused(t, options, 'it has no function libbpf_version_string');
});

libraryTest('a libbpf before 1.0 with every function', 'bookworm', async (t, { path, version, options }) => {
  // No suite carries one: 1.1 that says of itself that it is 0.8.
  const older = readFileSync(path, 'latin1').replace(`v${version}\0`, 'v0.8\0');
  t.true(older.includes('v0.8\0'));
  const env = { VIFSCOPE_LIBBPF: fileOf(t, Buffer.from(older, 'latin1')) };
  await assertRefused(t, { ...options, env }, 'it is libbpf 0\\.8');
});

kernelTest('a library that is something else', [], async (t) => {
  const env = { VIFSCOPE_LIBBPF: 'libc.so.6' };
  await assertRefused(t, { through: [], env }, 'it has no function libbpf_version_string');
});

kernelTest('a file that is no library', [], async (t) => {
  const path = fileOf(t, 'This is no library.\n'.repeat(100));
  await assertRefused(t, { through: [], env: { VIFSCOPE_LIBBPF: path } }, '.*invalid ELF header');
});

test('1.0 and whatever follows is used, what came before and what has no number is not', (t) => {
  for (const version of ['1.0', '1.1', '1.7', '2.0', '10.3']) t.true(isUsableVersion(version), version);
  for (const version of ['0.3', '0.8', 'unknown', '']) t.false(isUsableVersion(version), version);
});
