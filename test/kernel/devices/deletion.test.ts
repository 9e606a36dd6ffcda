import { runCommand } from '../../../src/bench/command.js';
import { waitUntil } from '../../bench/realHost.js';
import { assertBalanced } from '../support/lines.js';
import { startSending } from '../support/sending.js';
import { account, learn, lineOf } from './figures.js';
import { listen, sender, sinkPort } from './flow.js';
import { groundTest, removeNetns } from './ground.js';
import { addPair, leftAddress, removeLink, rightAddress, UserDevice } from './links.js';

const noticeLimitSeconds = 4;

groundTest('packets that wait in a tun when it is deleted are drops', async (t, ground) => {
  const a = await ground.netns();
  const tun = await UserDevice.add(ground, 'tun', a, 'tun0', 1);
  const send = sender(ground, a, rightAddress(1));
  const measurement = ground.measure();
  let nudges = 0;
  await learn(measurement, [`${a}/tun0`], () => {
    send(1);
    nudges += 1;
  });
  await tun.readAll(nudges);
  measurement.restart();
  send(12);
  await tun.readAll(5);
  t.is(account(measurement.snapshot(), `${a}/tun0`, 'ring').inFlight, 7);
  await removeLink(a, 'tun0');
  await measurement.finish();
  const snapshot = measurement.snapshot();
  t.like(account(snapshot, `${a}/tun0`, 'ring'), { started: 12, matched: 5, dropped: 7, inFlight: 0 });
  const drops = snapshot.drops.filter((line) => line.netns === a);
  t.is(
    drops.reduce((sum, { count }) => sum + count, 0),
    7,
    JSON.stringify(drops),
  );
  t.deepEqual(
    measurement.devices.map((d) => d.state),
    ['gone'],
  );
  assertBalanced(t, snapshot);
});

groundTest('a veth pair deleted under load: figures stay and add up', async (t, ground) => {
  const [a, b] = [await ground.netns(), await ground.netns()];
  await addPair({ left: 'v0', right: 'v1', leftNetns: a, rightNetns: b, number: 1 });
  listen(ground, b);
  const send = sender(ground, a, rightAddress(1));
  const measurement = ground.measure();
  await learn(measurement, [`${a}/v0`, `${b}/v1`], () => send(1));
  measurement.restart();
  const scope = { cleanup: ground.cleanup, signal: new AbortController().signal, progress: () => {} };
  const input = {
    netns: a,
    carrier: 'udp' as const,
    sourceAddress: leftAddress(1),
    sourcePort: 7106,
    sinkAddresses: [rightAddress(1)],
    sinkPort,
  };
  const load = { packetsPerSecond: 20_000, durationSeconds: 20 };
  const sending = await startSending(input, load, scope);
  const backlog = () => account(measurement.snapshot(), `${b}/v1`, 'backlog');
  t.true(await waitUntil(() => backlog().matched > 2_000, 10));
  await removeLink(a, 'v0');
  await t.throwsAsync(sending.result(), { message: /ENODEV|ENETUNREACH|EINVAL|ENETDOWN/ });
  const isGone = () => measurement.devices.every((d) => d.state === 'gone');
  t.true(await waitUntil(isGone, noticeLimitSeconds));
  await measurement.finish();
  const snapshot = measurement.snapshot();
  t.true(account(snapshot, `${b}/v1`, 'backlog').matched > 2_000);
  t.is(account(snapshot, `${b}/v1`, 'backlog').inFlight, 0, 'what was under way was dropped or arrived');
  t.true((lineOf(snapshot, `${b}/v1`, 'backlog')?.maxNs ?? Number.NaN) < 1e9);
  assertBalanced(t, snapshot);
});

groundTest(
  'packets held by a queueing discipline when the device is deleted are drops',
  async (t, ground) => {
    const [a, b] = [await ground.netns(), await ground.netns()];
    await addPair({ left: 'v0', right: 'v1', leftNetns: a, rightNetns: b, number: 1 });
    listen(ground, b);
    const send = sender(ground, a, rightAddress(1));
    const measurement = ground.measure();
    await learn(measurement, [`${a}/v0`, `${b}/v1`], () => send(1));
    // One packet now and then: the rest waits.
    const slow = ['rate', '1kbit', 'burst', '100', 'limit', '100000'];
    await runCommand('tc', ['-n', a, 'qdisc', 'add', 'dev', 'v0', 'root', 'tbf', ...slow]);
    measurement.restart();
    send(10);
    const waiting = account(measurement.snapshot(), `${a}/v0`, 'qdisc').inFlight;
    t.true(waiting >= 8, `${waiting} wait`);
    await removeLink(a, 'v0');
    await measurement.finish();
    const snapshot = measurement.snapshot();
    t.like(account(snapshot, `${a}/v0`, 'qdisc'), { started: 10, dropped: waiting, inFlight: 0, expired: 0 });
    assertBalanced(t, snapshot);
  },
);

groundTest('a namespace removed under way, and made again under its name', async (t, ground) => {
  const [a, b] = [await ground.netns(), await ground.netns()];
  const build = async () => {
    await addPair({ left: 'v0', right: 'v1', leftNetns: a, rightNetns: b, number: 1 });
    const tun = await UserDevice.add(ground, 'tun', b, 'tun0', 2);
    const [toB, toTun] = [sender(ground, a, rightAddress(1)), sender(ground, b, rightAddress(2))];
    const closeListener = listen(ground, b);
    const send = (packets: number) => {
      toB(packets);
      toTun(packets);
    };
    const release = async () => {
      for (const close of [toB.close, toTun.close, closeListener]) await close();
      tun.close();
    };
    return { send, release };
  };
  const names = [`${a}/v0`, `${b}/v1`, `${b}/tun0`];
  const measurement = ground.measure();
  const first = await build();
  await learn(measurement, names, () => first.send(1));
  measurement.restart();
  first.send(6);
  await removeNetns(b);
  await first.release();
  // The kernel takes down a namespace's devices in a thread of its own.
  const isGone = () => measurement.devices.every((d) => d.state === 'gone');
  t.true(await waitUntil(isGone, 2 * noticeLimitSeconds));

  await ground.addNetns(b);
  const second = await build();
  await learn(measurement, names, () => second.send(1));
  const backlogs = () =>
    measurement.snapshot().accounting.filter((line) => line.device === 'v1' && line.segment === 'backlog');
  const learntWith = backlogs()[1]?.matched ?? 0;
  second.send(3);
  await measurement.finish();
  const snapshot = measurement.snapshot();
  t.deepEqual(
    backlogs().map(({ netns, matched }) => [netns, matched]),
    [
      [b, 6],
      [b, learntWith + 3],
    ],
  );
  const [ring] = snapshot.accounting.filter((line) => line.device === 'tun0' && line.segment === 'ring');
  t.like(ring, { started: 6, matched: 0, dropped: 6 });
  assertBalanced(t, snapshot);
});
