// The unit as systemd's own tools judge it, not started.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ava, { type ExecutionContext } from 'ava';

/** Tenths of systemd's exposure level: 1.9, without the drop-in for inject. */
const threshold = 19;

const sources = fileURLToPath(new URL('../../../systemd', import.meta.url));
const analyze = (...args: readonly string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' });
const { error } = analyze('--version');

/** The body gets the unit's path in a directory of its own, with the command that is not installed here replaced. */
function test(title: string, body: (t: ExecutionContext, unit: string) => void): void {
  if (error) {
    ava.skip(`${title} (skipped: systemd-analyze: ${error.message})`, () => {});
    return;
  }
  ava(title, (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'vifscope-unit-'));
    t.teardown(() => rmSync(directory, { recursive: true }));
    const unit = join(directory, 'vifscope.service');
    const text = readFileSync(join(sources, 'vifscope.service'), 'utf8');
    writeFileSync(unit, text.replace('/usr/local/bin/vifscope', process.execPath));
    body(t, unit);
  });
}

function addInject(unit: string): void {
  mkdirSync(`${unit}.d`);
  copyFileSync(join(sources, 'inject.conf'), `${unit}.d/inject.conf`);
}

for (const [name, prepare] of [
  ['the unit', () => {}],
  ['the unit with the drop-in for inject', addInject],
] as const)
  test(`${name} has nothing that systemd does not understand`, (t, unit) => {
    prepare(unit);
    const { status, stderr } = analyze('verify', unit);
    t.is(status, 0, stderr);
    // What is not understood is passed over, with a warning.
    t.false(stderr.includes('vifscope'), stderr);
  });

test('its exposure is low enough, and the drop-in for inject raises it', (t, unit) => {
  const overall = () => {
    const { status, stdout } = analyze(
      'security',
      '--offline=true',
      `--threshold=${threshold}`,
      '--no-pager',
      unit,
    );
    return { status, level: Number(/exposure level for vifscope.service: ([\d.]+)/.exec(stdout)?.[1]) };
  };
  const without = overall();
  t.is(without.status, 0, `level ${without.level}`);
  addInject(unit);
  t.true(overall().level > without.level);
});
