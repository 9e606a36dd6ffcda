import { execFileSync, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { waitUntil } from '../../bench/realHost.js';
import { account, learn, present } from './figures.js';
import { listen, sender } from './flow.js';
import { groundTest, ip, ipBatch } from './ground.js';
import { addPair, leftAddress, pairCommands, rightAddress, UserDevice } from './links.js';

const inumOf = (netns: string) => statSync(`/run/netns/${netns}`).ino;

function ifindexOf(netns: string, device: string): number {
  const json = execFileSync('ip', ['-n', netns, '-j', 'link', 'show', device], { encoding: 'utf8' });
  return (JSON.parse(json) as { ifindex: number }[])[0]?.ifindex ?? Number.NaN;
}

groundTest('each kind of device is learnt with its name, namespace, number and peer', async (t, ground) => {
  const [a, b] = [await ground.netns(), await ground.netns()];
  await addPair({ left: 'v0', right: 'v1', leftNetns: a, rightNetns: b, number: 1 });
  await UserDevice.add(ground, 'tun', a, 'route0', 2);
  await UserDevice.add(ground, 'tap', b, 'guest0', 3);
  await ip('-n', a, 'link', 'set', 'lo', 'up');
  listen(ground, a);
  listen(ground, b);
  const sends = [
    sender(ground, a, rightAddress(1)),
    sender(ground, a, rightAddress(2)),
    sender(ground, b, rightAddress(3)),
    sender(ground, a, '127.0.0.1'),
  ];
  const measurement = ground.measure();
  const expected = [
    [a, 'v0', 'veth', `${b}/v1`],
    [b, 'v1', 'veth', `${a}/v0`],
    [a, 'route0', 'tun', null],
    [b, 'guest0', 'tap', null],
    [a, 'lo', 'other', null],
  ] as const;
  await learn(
    measurement,
    expected.map(([netns, name]) => `${netns}/${name}`),
    () => {
      for (const send of sends) send(1);
    },
  );
  for (const [netns, name, kind, peer] of expected) {
    const device = present(measurement, netns, name);
    t.like(device, { kind, netnsInum: inumOf(netns), ifindex: ifindexOf(netns, name) }, name);
    t.is(device?.peer ? `${device.peer.netns}/${device.peer.name}` : null, peer, `peer of ${name}`);
  }
  t.is(measurement.devices.length, expected.length, 'each once');
});

groundTest('our own namespace is called host, one without a name by its number', async (t, ground) => {
  const named = await ground.netns();
  const holder = spawn('unshare', ['--net', 'sleep', '60'], { stdio: 'ignore' });
  ground.cleanup.add('end the unnamed namespace', () => void holder.kill('SIGKILL'));
  const netnsOf = (pid: number | 'self') => statSync(`/proc/${pid}/ns/net`).ino;
  const pid = holder.pid ?? t.fail('unshare did not start');
  t.true(await waitUntil(() => netnsOf(pid) !== netnsOf('self'), 5));

  const inHost = `vift${process.pid}`;
  ground.cleanup.add(`remove ${inHost}`, () => ip('link', 'delete', inHost).catch(() => {}));
  const ends = { left: 'near', right: inHost, leftNetns: named, rightNetns: named, number: 1 };
  await ipBatch(named, pairCommands(ends).left);
  await ip('-n', named, 'link', 'set', inHost, 'netns', '1');
  await ip('link', 'set', inHost, 'up');
  await ipBatch(named, pairCommands({ ...ends, left: 'far', right: 'lost', number: 2 }).left);
  await ip('-n', named, 'link', 'set', 'lost', 'netns', String(pid));
  execFileSync('nsenter', ['--net', '--target', String(pid), 'ip', 'link', 'set', 'lost', 'up']);

  const measurement = ground.measure({ include: [`${named}/*`, inHost, 'lost'] });
  const [toHost, toLost] = [sender(ground, named, rightAddress(1)), sender(ground, named, rightAddress(2))];
  const unnamed = `net:[${netnsOf(pid)}]`;
  await learn(measurement, [`${named}/near`, `host/${inHost}`, `${named}/far`, `${unnamed}/lost`], () => {
    toHost(1);
    toLost(1);
  });
  t.is(present(measurement, named, 'far')?.peer?.netns, unnamed);
  t.is(present(measurement, named, 'near')?.peer?.netns, 'host');
});

groundTest('globs choose by name and by namespace/name, and an exclusion wins', async (t, ground) => {
  const [a, b] = [await ground.netns(), await ground.netns()];
  const colors = ['red', 'blue', 'green'];
  for (const [index, color] of colors.entries())
    await addPair({
      left: `${color}0`,
      right: `${color}1`,
      leftNetns: a,
      rightNetns: b,
      number: index + 1,
    });
  listen(ground, b);
  const sends = colors.map((_, index) => sender(ground, a, rightAddress(index + 1)));
  const include = ['red?', `${a}/{blue,green}*`, `${b}/*`];
  const measurement = ground.measure({ include, exclude: ['blue*', `*/green?`] });
  const all = colors.flatMap((color) => [`${a}/${color}0`, `${b}/${color}1`]);
  const areSeen = () => {
    const measured = measurement.devices.length > 0;
    return measured && all.every((name) => measurement.seenNames.includes(name));
  };
  for (const send of sends) send(1);
  t.true(await waitUntil(areSeen, 5));
  const wanted = [`${a}/red0`, `${b}/red1`];
  t.deepEqual(measurement.devices.map((d) => `${d.netns}/${d.name}`).sort(), wanted);
  measurement.restart();
  for (const send of sends) send(3);
  await measurement.finish();
  const snapshot = measurement.snapshot();
  t.deepEqual([...new Set(snapshot.accounting.map((line) => `${line.netns}/${line.device}`))].sort(), wanted);
  t.is(account(snapshot, `${b}/red1`, 'backlog').matched, 3);
});

groundTest('one end of a veth pair alone can be chosen, and its backlog is measured', async (t, ground) => {
  const [a, b] = [await ground.netns(), await ground.netns()];
  await addPair({ left: 'v0', right: 'v1', leftNetns: a, rightNetns: b, number: 1 });
  listen(ground, b);
  const send = sender(ground, a, rightAddress(1));
  const measurement = ground.measure({ include: [`${b}/v1`] });
  await learn(measurement, [`${b}/v1`], () => send(1));
  measurement.restart();
  send(5);
  await measurement.finish();
  const backlog = account(measurement.snapshot(), `${b}/v1`, 'backlog');
  t.like(backlog, { started: 5, matched: 5, unmatched: 0 });
});

groundTest('names with spaces, stars, brackets and umlauts are told as they are', async (t, ground) => {
  const [a, b] = [await ground.netns(), await ground.netns()];
  const [left, right] = ['w*[x]{y}', 'Zürich-über15'];
  t.is(Buffer.byteLength(right), 15, 'the longest that a name can be');
  await addPair({ left, right, leftNetns: a, rightNetns: b, number: 1 });
  listen(ground, b);
  const [there, back] = [sender(ground, a, rightAddress(1)), sender(ground, b, leftAddress(1))];
  listen(ground, a);
  const measurement = ground.measure();
  await learn(measurement, [`${a}/${left}`, `${b}/${right}`], () => {
    there(1);
    back(1);
  });
  t.pass();
});
