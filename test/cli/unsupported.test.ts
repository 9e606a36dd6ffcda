import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { orNull } from '../../src/host/optionalFile.js';
import { assertMessage, mainPath, run } from './vifscope.js';

const nobody = 65_534;
/** Without capabilities, whoever it runs as: what a user without root has, but still able to read our files. */
const powerless = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all', '--'];
const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--'];

const isRoot = process.geteuid?.() === 0;

/** Whether others may enter each folder above our files. */
function isReadableByOthers(): boolean {
  for (let path = mainPath; ; path = dirname(path)) {
    const needed = path === mainPath ? constants.S_IROTH : constants.S_IXOTH;
    if (((orNull(() => statSync(path).mode) ?? 0) & needed) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

const users = [
  { who: 'root without capabilities', through: powerless, missing: isRoot ? null : 'needs root' },
  {
    who: 'another user',
    through: isRoot ? asNobody : [],
    missing: isReadableByOthers() ? null : 'others may not read the compiled files',
  },
];

for (const { who, through, missing } of users) {
  const title = (what: string) => `${what} as ${who}${missing === null ? '' : ` (skipped: ${missing})`}`;
  const testOrSkip = missing === null ? test.serial : test.skip;

  // A service on this host would answer the snapshot.
  for (const command of [
    ['snapshot', '--no-daemon', '--duration', '20'],
    ['top', '--no-daemon'],
    ['demo', '--duration', '20'],
  ]) {
    testOrSkip(title(command.join(' ')), async (t) => {
      const outcome = await run(t, command, { through });
      t.is(outcome.status, 4, outcome.stderr);
      t.is(outcome.stdout, '');
      assertMessage(t, outcome, /CAP_|root/);
      t.regex(outcome.stderr, /sudo|root/);
      t.true(outcome.elapsedMs < 10_000, 'before anything is measured');
    });
  }

  testOrSkip(title('doctor'), async (t) => {
    const { status, stdout, stderr } = await run(t, ['doctor'], { through });
    t.deepEqual([status, stderr], [4, '']);
    t.regex(stdout, /^ok +kernel /m);
    t.regex(stdout, /^MISSING .*CAP_BPF/m);
    t.regex(stdout, /→ .*sudo/);
  });
}

const withoutLibbpf = { VIFSCOPE_LIBBPF: 'libnothing.so.9' };
const rootTest = (title: string, body: (t: ExecutionContext) => Promise<void>): void => {
  if (isRoot) test.serial(title, body);
  else test.skip(`${title} (skipped: not root)`, () => {});
};

rootTest('snapshot without libbpf', async (t) => {
  const outcome = await run(t, ['snapshot', '--duration', '20'], { env: withoutLibbpf });
  t.is(outcome.status, 4, outcome.stderr);
  assertMessage(t, outcome, /libnothing\.so\.9.*install libbpf/);
  t.true(outcome.elapsedMs < 10_000);
});

rootTest('doctor without libbpf', async (t) => {
  const { status, stdout, stderr } = await run(t, ['doctor'], { env: withoutLibbpf });
  t.deepEqual([status, stderr], [4, '']);
  t.regex(stdout, /^MISSING +libbpf +.*libnothing\.so\.9/m);
  t.regex(stdout, /→ install libbpf/);
  t.regex(stdout, /^ok +kernel /m, 'the rest is told all the same');
});

rootTest('a file that is no libbpf', async (t) => {
  for (const name of ['libc.so.6', '/dev/null']) {
    const outcome = await run(t, ['snapshot', '--duration', '20'], { env: { VIFSCOPE_LIBBPF: name } });
    t.is(outcome.status, 4, outcome.stderr);
    assertMessage(t, outcome, /install libbpf/);
  }
});

rootTest('doctor on this host', async (t) => {
  accessSync('/sys/kernel/btf/vmlinux');
  const { status, stdout, stderr } = await run(t, ['doctor']);
  t.deepEqual([status, stderr], [0, '']);
  t.regex(stdout, /^ok +libbpf +\d/m);
  t.regex(stdout, /^ok +hook net_dev_start_xmit +tp_btf$/m);
  t.notRegex(stdout, /MISSING/);
  t.false(stdout.includes('\u001b'), 'no colors where there is no terminal');
});

rootTest('doctor --json', async (t) => {
  const { status, stdout, stderr } = await run(t, ['doctor', '--json']);
  t.deepEqual([status, stderr], [0, '']);
  const { version, checks } = JSON.parse(stdout) as {
    version: number;
    checks: { name: string; state: string; detail: string; remedy: string | null }[];
  };
  t.is(version, 1);
  t.true(checks.length > 15);
  for (const { name, state, detail, remedy } of checks) {
    t.true(name.length > 0 && detail.length > 0);
    t.true(['ok', 'warning', 'missing'].includes(state));
    if (state === 'ok') t.is(remedy, null);
  }
  const hooks = checks.filter(({ name }) => name.startsWith('hook '));
  t.is(hooks.length, new Set(hooks.map(({ name }) => name)).size);
  t.true(hooks.length >= 10);
});

rootTest('doctor --json without capabilities, and without libbpf, is JSON too', async (t) => {
  for (const options of [{ through: powerless }, { env: withoutLibbpf }]) {
    const { status, stdout } = await run(t, ['doctor', '--json'], options);
    t.is(status, 4);
    const { checks } = JSON.parse(stdout) as { checks: { state: string; remedy: string | null }[] };
    const missing = checks.filter(({ state }) => state === 'missing');
    t.true(missing.length > 0 && missing.every(({ remedy }) => remedy !== null));
  }
});
