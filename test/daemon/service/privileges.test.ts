import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serviceTest } from './serviceTest.js';

const statusOf = (path: string) => readFileSync(`${path}/status`, 'latin1');
const field = (status: string, name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1];
const attempts = fileURLToPath(new URL('./attempts.js', import.meta.url));

serviceTest('once ready, no thread holds or can gain a capability', {}, async (t, { daemon }) => {
  const threads = readdirSync(`/proc/${daemon.pid}/task`);
  t.true(threads.length > 1);
  for (const thread of threads) {
    const status = statusOf(`/proc/${daemon.pid}/task/${thread}`);
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) t.is(field(status, set), '0000000000000000');
    t.is(field(status, 'NoNewPrivs'), '1');
    t.is(field(status, 'Uid')?.split('\t').join(), '65534,65534,65534,65534');
    t.is(field(status, 'Groups')?.trim(), '65534');
  }
});

serviceTest(
  "as that process, another's file can't be read and no program loaded",
  {},
  async (t, { daemon }) => {
    const status = statusOf(`/proc/${daemon.pid}`);
    const [uid = '', gid = ''] = ['Uid', 'Gid'].map((name) => field(status, name)?.split('\t')[0]);
    // The same user, group, capabilities and no-new-privileges, by what the kernel says of the process.
    const asProcess = ['--reuid', uid, '--regid', gid, '--clear-groups', '--no-new-privs'];
    const { stdout, stderr } = spawnSync('setpriv', [...asProcess, process.execPath, attempts], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    t.deepEqual(JSON.parse(stdout || '{}'), { readOther: 'EACCES', loadProgram: 'refused' }, stderr);
  },
);
