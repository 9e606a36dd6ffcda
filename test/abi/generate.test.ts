import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { bpfObjectPaths } from '../../src/kernel/bpfObjects.js';

const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));
const program = fileURLToPath(new URL('../../src/abi/generate.js', import.meta.url));
const object = 'bpf/vifscope.bpf.o';

const generate = (...words: readonly string[]) =>
  spawnSync(process.execPath, [program, ...words], { cwd: packageRoot, encoding: 'utf8' });

for (const measuring of Object.values(bpfObjectPaths))
  test(`the committed layout is what the committed ${basename(measuring)} says`, (t) => {
    const { status, stdout, stderr } = generate(measuring);
    t.is(status, 0, stderr);
    t.is(stdout, readFileSync(join(packageRoot, 'src/abi/layout.ts'), 'utf8'));
    t.is(generate(measuring, '--check').status, 0);
  });

test('--check exits 1 for another text, and says which command makes it right', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-layout-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const stale = join(directory, 'layout.ts');
  writeFileSync(stale, '// stale\n');
  const { status, stderr } = generate(object, '--check', stale);
  t.is(status, 1);
  t.regex(stderr, /run node dist\/src\/abi\/generate\.js bpf\/vifscope\.bpf\.o > src\/abi\/layout\.ts/);
});

test('wrong words are a usage error, unreadable objects a failure; both without a stack trace', (t) => {
  t.is(generate().status, 2);
  t.is(generate(object, '--chekc').status, 2);
  const notAnObject = generate('package.json');
  t.is(notAnObject.status, 1);
  t.is(notAnObject.stderr, 'cannot generate layouts: ELF: the magic number is missing\n');
  t.is(generate('no-such-file').status, 1);
});
