import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { assertMessage, run } from './vifscope.js';

const misuses: readonly { readonly args: readonly string[]; readonly message: RegExp }[] = [
  { args: [], message: /no command/ },
  { args: ['measure'], message: /measure/ },
  { args: ['snapshot', '--devices', 'tap0'], message: /devices/ },
  { args: ['snapshot', 'tap0'], message: /tap0/ },
  { args: ['snapshot', '--device'], message: /device/ },
  { args: ['snapshot', '--duration', '0'], message: /"0".*measures nothing/ },
  { args: ['snapshot', '--duration', '-1'], message: /"-1".*above 0.*--duration 5s/ },
  { args: ['snapshot', '--duration=-1'], message: /"-1".*above 0/ },
  { args: ['snapshot', '--duration', 'soon'], message: /"soon".*number/ },
  { args: ['snapshot', '--duration', 'NaN'], message: /"NaN"/ },
  { args: ['snapshot', '--duration', '1000h'], message: /24 days/ },
  { args: ['snapshot', '--duration'], message: /duration/ },
  { args: ['snapshot', '--duration', '1', '--duration', '2'], message: /more than once/ },
  { args: ['snapshot', '--percentiles', '50,banana'], message: /banana/ },
  { args: ['snapshot', '--percentiles', '0'], message: /"0"/ },
  { args: ['snapshot', '--percentiles', '101'], message: /101/ },
  { args: ['snapshot', '--percentiles'], message: /percentiles/ },
  { args: ['snapshot', '--fail-above', 'p99'], message: /p99/ },
  { args: ['snapshot', '--fail-above', 'p99=fast'], message: /fast/ },
  { args: ['snapshot', '--fail-above', 'tail:p99=1ms'], message: /tail.*qdisc/ },
  { args: ['snapshot', '--json', '--csv'], message: /json.*csv|csv.*json/ },
  { args: ['snapshot', '--hlog'], message: /hlog/ },
  { args: ['doctor', '--jsn'], message: /jsn/ },
  { args: ['demo', '--path', 'bridge'], message: /path/ },
];

for (const { args, message } of misuses) {
  test.serial(`vifscope ${args.join(' ')}: refused as misuse, before anything is tried`, async (t) => {
    const outcome = await run(t, args);
    t.is(outcome.status, 2, outcome.stderr);
    t.is(outcome.stdout, '');
    t.regex(outcome.stderr, /^vifscope: /);
    t.regex(outcome.stderr.replaceAll('\n', ' '), message);
    if (args.length > 0) assertMessage(t, outcome, /./);
  });
}

test.serial('a misuse makes no file', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-cli-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const hlog = join(directory, 'out.hlog');
  const { status } = await run(t, ['snapshot', '--duration', '0', '--hlog', hlog]);
  t.is(status, 2);
  t.false(existsSync(hlog));
  t.deepEqual(readdirSync(directory), []);
});

test.serial('help and version need neither root nor libbpf', async (t) => {
  const env = { VIFSCOPE_LIBBPF: 'libnothing.so.9' };
  for (const args of [['--help'], ['snapshot', '--help'], ['doctor', '--help'], ['demo', '--help']]) {
    const { status, stdout, stderr } = await run(t, args, { env });
    t.deepEqual([status, stderr], [0, '']);
    t.regex(stdout, /vifscope/);
  }
  const { status, stdout } = await run(t, ['--version'], { env });
  t.is(status, 0);
  t.regex(stdout, /^\d+\.\d+\.\d+\n$/);
});
