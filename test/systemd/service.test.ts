// What the unit promises, under a real systemd.
import { spawnSync } from 'node:child_process';
import bcrypt from 'bcryptjs';
import { type InstalledService, until } from './support/installedService.js';
import { inContainer } from './support/serviceTest.js';

const test = inContainer();
const field = (status: string, name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1];

test('it is ready without a capability in any thread, as a user of its own', (t, service) => {
  service.start();
  t.is(service.property('ActiveState'), 'active');
  t.regex(service.property('StatusText'), /^running, /);
  const { container, pid } = service;
  const tasks = container
    .run(['ls', `/proc/${pid}/task`])
    .trim()
    .split('\n');
  t.true(tasks.length > 1);
  const [, group] = container.run(['getent', 'group', 'vifscope-readers']).split(':x:');
  for (const task of tasks) {
    const status = container.run(['cat', `/proc/${pid}/task/${task}/status`]);
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) t.is(field(status, set), '0000000000000000');
    t.is(field(status, 'NoNewPrivs'), '1');
    t.is(field(status, 'Seccomp'), '2');
    // DynamicUser takes its numbers from here, systemd.exec(5).
    const uid = Number(field(status, 'Uid')?.split('\t')[0]);
    t.true(uid >= 61_184 && uid <= 65_519, `uid ${uid}`);
    t.is(field(status, 'Gid')?.split('\t')[0], group?.split(':')[0]);
  }
});

test("the service itself can't read another's file or load a program, while root can", async (t, service) => {
  service.addProbe();
  service.start();
  t.deepEqual(service.probedAsRoot(), { readOther: 'done', loadProgram: 'done' });
  const { readOther, loadProgram } = await service.probed();
  t.regex(readOther, /^EACCES/);
  t.regex(loadProgram, /EPERM|not permitted/);
});

test('with the drop-in for inject it ends up without a capability all the same', async (t, service) => {
  service.install('--with-inject');
  t.regex(service.property('AmbientCapabilities'), /cap_sys_admin/);
  t.regex(service.property('SystemCallFilter'), /perf_event_open/);
  service.addProbe();
  service.start();
  t.is(field(service.container.run(['cat', `/proc/${service.pid}/status`]), 'CapEff'), '0000000000000000');
  t.regex((await service.probed()).loadProgram, /EPERM|not permitted/);
  service.install();
  t.notRegex(service.property('AmbientCapabilities'), /cap_sys_admin/);
});

test('it serves metrics', (t, service) => {
  service.start();
  const { status, body } = service.get('/metrics');
  t.is(status, 200);
  t.regex(body, /^vifscope_build_info\{.*\} 1$/m);
  t.is(service.get('/readyz').status, 200);
});

test('who is in the group can take a snapshot, and no other', (t, service) => {
  service.start();
  const { container } = service;
  container.run(['useradd', '--groups', 'vifscope-readers', 'reader']);
  container.run(['useradd', 'stranger']);
  try {
    const snapshotBy = (user: string) =>
      container.try([
        ...['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups'],
        ...['/usr/local/bin/vifscope', 'snapshot', '--duration', '1', '--json'],
      ]);
    const reader = snapshotBy('reader');
    t.is(reader.status, 0, reader.stderr);
    t.is(JSON.parse(reader.stdout).version, 1);
    const stranger = snapshotBy('stranger');
    t.is(stranger.status, 4);
    t.regex(
      stranger.stderr,
      /cannot talk to the daemon at \/run\/vifscope\/control\.sock: .*; join the group/,
    );
  } finally {
    for (const user of ['reader', 'stranger']) container.run(['userdel', user]);
  }
});

test('it runs again after kill -9', async (t, service) => {
  service.start();
  const { pid } = service;
  service.signal('SIGKILL');
  await until(
    () => service.property('NRestarts'),
    (restarts) => restarts === '1',
  );
  await until(
    () => service.property('ActiveState'),
    (state) => state === 'active',
  );
  t.not(service.pid, pid);
  t.is(service.get('/metrics').status, 200);
});

for (const [what, stall] of [
  ['its process has been stopped', (service: InstalledService) => service.signal('SIGSTOP')],
  [
    'its event loop alone has stood still',
    // Ours to handle, by a handler that does not return.
    (service: InstalledService) => service.signal('SIGUSR2'),
  ],
] as const)
  test(`it runs again after ${what} past the watchdog`, async (t, service) => {
    service.addProbe('stall');
    service.addDropIn('watchdog', 'WatchdogSec=1s');
    service.start();
    const { pid } = service;
    stall(service);
    await until(
      () => service.property('NRestarts'),
      (restarts) => restarts === '1',
    );
    t.regex(service.journal, /Watchdog timeout/);
    await until(
      () => service.property('ActiveState'),
      (state) => state === 'active',
    );
    t.not(service.pid, pid);
    t.is(service.get('/metrics').status, 200);
  });

test('a reload takes over a right configuration, and keeps the old one of a wrong one', async (t, service) => {
  const statusThat = (isRight: (text: string) => boolean) =>
    until(() => service.property('StatusText'), isRight);
  const isWrong = (text: string) => text.includes('wrong');
  const successful = () =>
    /^vifscope_config_last_reload_successful (\d)$/m.exec(service.get('/metrics').body)?.[1];
  service.start();
  const { pid } = service;
  service.configure({ devices: { exclude: ['lo'] } });
  service.container.run(['systemctl', 'reload', 'vifscope']);
  await until(
    () => service.journal,
    (text) => text.includes('changed: devices.exclude'),
  );
  service.configure({ devices: { exlude: ['lo'] } });
  service.container.run(['systemctl', 'reload', 'vifscope']);
  await statusThat(isWrong);
  t.is(successful(), '0');
  t.regex(service.journal, /vifscope\.yaml:2: devices\.exlude: /);
  service.configure({});
  service.container.run(['systemctl', 'reload', 'vifscope']);
  await statusThat((text) => !isWrong(text));
  t.is(successful(), '1');
  t.is(service.property('ActiveState'), 'active');
  t.is(service.pid, pid);
});

test('a wrong configuration is not tried again and again', async (t, service) => {
  service.configure({ devices: { exlude: ['lo'] } });
  t.not(service.container.try(['systemctl', 'start', 'vifscope']).status, 0);
  t.is(service.property('ActiveState'), 'failed');
  t.is(service.property('ExecMainStatus'), '2');
  t.is(service.property('NRestarts'), '0');
});

test('it stops in less than 2 s', (t, service) => {
  // systemd would kill it then, and say so as the result.
  service.addDropIn('stop', 'TimeoutStopSec=2s');
  service.start();
  service.container.run(['systemctl', 'stop', 'vifscope']);
  t.is(service.property('ActiveState'), 'inactive');
  t.is(service.property('Result'), 'success');
});

const { error } = spawnSync('bpftool', ['version']);
test(
  'once it has stopped none of its programs is in the kernel',
  async (t, service) => {
    service.start();
    const descriptors = service.container.run(['sh', '-c', `cat /proc/${service.pid}/fdinfo/*`]);
    const programs = [...descriptors.matchAll(/^prog_id:\s*(\d+)$/gm)].map(([, id]) => id ?? '');
    const isThere = (id: string) => spawnSync('bpftool', ['prog', 'show', 'id', id]).status === 0;
    t.true(programs.length > 1);
    t.true(programs.every(isThere));
    service.container.run(['systemctl', 'stop', 'vifscope']);
    // The kernel frees a program some time after its last link.
    t.deepEqual(
      await until(
        () => programs.filter(isThere),
        (left) => left.length === 0,
      ),
      [],
    );
  },
  error ? `bpftool: ${error.message}` : null,
);

test('it writes histogram logs where only root and itself look', async (t, service) => {
  service.configure({ log: { directory: '/var/log/vifscope', interval: '1s' } });
  service.start();
  const find = ['find', '/var/log/private/vifscope', '-name', '*.hlog', '-size', '+0'];
  const look = () => {
    // Something to write about: the question itself goes over lo.
    service.get('/healthz');
    return service.container.try(find).stdout;
  };
  const files = await until(look, (found) => found !== '');
  t.is(service.container.run(['stat', '-c', '%U', files.trim()]).trim(), 'vifscope');
});

test('it gets a web configuration that only root can read as a credential', (t, service) => {
  const users = { basic_auth_users: { prometheus: bcrypt.hashSync('right', 4) } };
  service.container.write('/etc/vifscope/web.yaml', JSON.stringify(users));
  service.container.run(['chmod', '600', '/etc/vifscope/web.yaml']);
  service.addDropIn('web', 'LoadCredential=web.yaml:/etc/vifscope/web.yaml');
  service.configure({ web: { config_file: '/run/credentials/vifscope.service/web.yaml' } });
  service.start();
  const basic = (password: string) => ({
    Authorization: `Basic ${Buffer.from(`prometheus:${password}`).toString('base64')}`,
  });
  t.is(service.get('/metrics', basic('wrong')).status, 401);
  t.is(service.get('/metrics', basic('right')).status, 200);
});

test('removed, it is gone, and its configuration stays', (t, service) => {
  service.start();
  const { container } = service;
  service.install('--uninstall');
  t.is(service.property('LoadState'), 'not-found');
  t.not(container.try(['test', '-e', '/usr/local/bin/vifscope']).status, 0);
  t.not(container.try(['test', '-e', '/usr/local/lib/vifscope']).status, 0);
  t.is(container.try(['test', '-e', '/etc/vifscope/vifscope.yaml']).status, 0);
});
