// scripts/install.sh into an empty root, and what it says where it can't.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ava, { type ExecutionContext } from 'ava';
import { checkout } from './support/container.js';

const script = `${checkout}/scripts/install.sh`;
const config = 'etc/vifscope/vifscope.yaml';
const unit = 'usr/local/lib/systemd/system/vifscope.service';

const modules = 'usr/local/lib/modules-load.d/vifscope.conf';

const install = (...options: readonly string[]) => spawnSync(script, options, { encoding: 'utf8' });
const missing = process.geteuid?.() !== 0 ? 'not root' : spawnSync('systemd-sysusers', ['--version']).error;

function test(title: string, body: (t: ExecutionContext, root: string) => void): void {
  if (missing) {
    ava.skip(`${title} (skipped: ${missing})`, () => {});
    return;
  }
  ava(title, (t) => {
    const root = mkdtempSync(join(tmpdir(), 'vifscope-install-'));
    t.teardown(() => rmSync(root, { recursive: true }));
    body(t, root);
  });
}

function installed(t: ExecutionContext, root: string, ...options: readonly string[]): string {
  const { status, stderr } = install('--root', root, ...options);
  t.is(status, 0, stderr);
  return stderr;
}

test('installs what the service needs and nothing of development', (t, root) => {
  t.regex(installed(t, root), /systemctl enable --now vifscope/);
  const library = join(root, 'usr/local/lib/vifscope');
  const modules = readdirSync(join(library, 'node_modules'));
  const { dependencies, devDependencies } = JSON.parse(readFileSync(`${checkout}/package.json`, 'utf8'));
  for (const name of Object.keys(dependencies)) t.true(existsSync(join(library, 'node_modules', name)), name);
  for (const name of Object.keys(devDependencies)) t.false(modules.includes(name), name);
  t.true(existsSync(join(library, 'dist/daemon/main.js')));
  t.true(existsSync(join(library, 'bpf/vifscope.bpf.o')));
  t.is(readFileSync(join(root, config), 'utf8'), readFileSync(`${checkout}/systemd/vifscope.yaml`, 'utf8'));
  t.regex(readFileSync(join(root, 'etc/group'), 'utf8'), /^vifscope-readers:/m);
  t.is(statSync(join(root, 'usr/local/bin/vifscope')).mode & 0o777, 0o755);
  t.false(existsSync(join(root, `${unit}.d`)));
});

test('installed again, it keeps the configuration', (t, root) => {
  installed(t, root);
  writeFileSync(join(root, config), '# mine\n');
  installed(t, root, '--with-inject');
  t.is(readFileSync(join(root, config), 'utf8'), '# mine\n');
  t.true(existsSync(join(root, `${unit}.d/inject.conf`)));
  t.regex(readFileSync(join(root, modules), 'utf8'), /^tun$/m);
  installed(t, root);
  t.false(existsSync(join(root, `${unit}.d/inject.conf`)));
  t.false(existsSync(join(root, modules)));
});

test('removed, only the configuration and the group are left', (t, root) => {
  installed(t, root, '--with-inject');
  installed(t, root, '--uninstall');
  const left = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(root, path)).isFile(),
  );
  t.deepEqual(
    left.filter((path) => !/^etc\/(g?shadow|group|passwd|\.pwd\.lock)-?$/.test(path)),
    [config],
  );
  installed(t, root, '--uninstall');
});

test('another prefix is where the unit and the command look', (t, root) => {
  installed(t, root, '--prefix', '/opt/vifscope');
  t.regex(readFileSync(join(root, unit), 'utf8'), /^ExecStart=\/opt\/vifscope\/bin\/vifscope daemon /m);
  const command = readFileSync(join(root, 'opt/vifscope/bin/vifscope'), 'utf8');
  t.regex(command, / \/opt\/vifscope\/lib\/vifscope\/dist\/src\/cli\/main\.js /);
});

ava('wrong options are refused by name', (t) => {
  for (const options of [['--prefx', '/opt'], ['--prefix'], ['--root', 'relative']]) {
    const { status, stderr } = install(...options);
    t.is(status, 2);
    t.true(stderr.includes(options[0] ?? ''), stderr);
  }
});
