import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { waitUntil } from '../bench/realHost.js';
import { serviceTest } from '../daemon/service/serviceTest.js';
import { assertMessage, run, start } from './vifscope.js';

function fileOf(t: ExecutionContext, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-config-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'vifscope.yaml');
  writeFileSync(path, text);
  return path;
}

test('a right configuration is fine', async (t) => {
  const path = fileOf(t, 'metrics: { max_window: 1m }\n');
  const { status, stdout, stderr } = await run(t, ['daemon', '--check-config', '--config', path]);
  t.deepEqual([status, stdout, stderr], [0, `${path}: fine\n`, '']);
});

const mistakes: readonly { readonly text: string; readonly message: RegExp; readonly status?: number }[] = [
  { text: 'devices:\n  includes: [veth0]\n', message: /vifscope\.yaml:2: devices\.includes.*include/ },
  { text: 'metrics: { max_series: many }\n', message: /:1: metrics\.max_series/ },
  { text: 'devices:\n  exclude: ["veth[0"]\n', message: /:2: devices\.exclude/ },
  { text: 'metrics:\n  bounds: [0.1, 0.01]\n', message: /:2: metrics\.bounds/ },
  { text: 'web:\n  config_file: /nowhere/web.yml\n', message: /\/nowhere\/web\.yml/, status: 1 },
];

for (const { text, message, status: expected = 2 } of mistakes)
  test(`a wrong configuration: ${text.trim().replace(/\s+/g, ' ')}`, async (t) => {
    const path = fileOf(t, text);
    const { status, stdout, stderr } = await run(t, ['daemon', '--check-config', '--config', path]);
    t.deepEqual([status, stdout], [expected, '']);
    t.regex(stderr, message);
  });

test('a configuration that is not there', async (t) => {
  const outcome = await run(t, ['daemon', '--check-config', '--config', '/nowhere/vifscope.yaml']);
  assertMessage(t, outcome, /\/nowhere\/vifscope\.yaml/);
});

serviceTest('a snapshot from the running service takes no root', {}, async (t, { daemon }) => {
  const asNobody = { through: ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] };
  const args = ['snapshot', '--duration', '300ms', '--json', '--socket', daemon.socketPath];
  const { status, stdout, stderr } = await run(t, args, asNobody);
  t.is(status, 0, stderr);
  t.is(JSON.parse(stdout).version, 1);
});

serviceTest('who may not talk to the service is told so', {}, async (t, { daemon }) => {
  const asSomeone = { through: ['setpriv', '--reuid', '12345', '--regid', '12345', '--clear-groups'] };
  const { status, stderr } = await run(t, ['snapshot', '--socket', daemon.socketPath], asSomeone);
  t.is(status, 4);
  t.regex(stderr, /control\.sock.*--no-daemon/s);
});

serviceTest('Ctrl-C ends the interval of the service early, and prints it', {}, async (t, { daemon }) => {
  const running = start(['snapshot', '--duration', '60', '--json', '--socket', daemon.socketPath]);
  const isAsking = async () => (await fetch(`${daemon.url}/healthz`)).ok;
  t.true(await isAsking());
  await waitUntil(() => running.child.exitCode !== null, 1.5);
  running.child.kill('SIGINT');
  const { status, stdout, elapsedMs } = await running.ended;
  t.is(status, 0);
  t.true(JSON.parse(stdout).durationSeconds < 60);
  t.true(elapsedMs < 30_000);
});
