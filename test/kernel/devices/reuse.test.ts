import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../bench/realHost.js';
import { assertBalanced } from '../support/lines.js';
import { learn } from './figures.js';
import { listen, sender } from './flow.js';
import { groundTest, ipBatch } from './ground.js';
import {
  addPair,
  endCommands,
  leftAddress,
  pairCommands,
  removeLink,
  rightAddress,
  UserDevice,
} from './links.js';

/** Between two lives of a device: a stamp that outlives one would be a wait at least this long. */
const pauseMs = 120;
const lives = 20;

groundTest(
  'a veth pair made and deleted again and again: no life is mixed with another',
  async (t, ground) => {
    const [a, b] = [await ground.netns(), await ground.netns()];
    const ends = { left: 'v0', right: 'v1', leftNetns: a, rightNetns: b, number: 1 };
    listen(ground, b);
    const measurement = ground.measure({ limits: { shards: 1024 } });
    const packets: number[] = [];
    for (let life = 0; life < lives; life++) {
      await addPair(ends);
      const send = sender(ground, a, rightAddress(1));
      let nudges = 0;
      await learn(measurement, [`${a}/v0`, `${b}/v1`], () => {
        send(1);
        nudges += 1;
      });
      // Of the packets that taught us the device at most the last can have been measured.
      const learntWith = backlogsOf()[life]?.started ?? 0;
      t.true(learntWith < nudges + 1);
      send(5 + life);
      packets.push(learntWith + 5 + life);
      await send.close();
      await removeLink(a, 'v0');
      await sleep(pauseMs);
      const isNoticed = () => measurement.devices.every((d) => d.state === 'gone');
      // Every second life the next one comes before the deletion is noticed.
      if (life % 2 === 0) t.true(await waitUntil(isNoticed, 4));
    }
    await measurement.finish();
    const snapshot = measurement.snapshot();
    t.deepEqual(
      backlogsOf().map((line) => [line.started, line.matched]),
      packets.map((count) => [count, count]),
    );
    const longestMs = Math.max(...snapshot.segments.map((line) => line.maxNs ?? 0)) / 1e6;
    t.true(longestMs < pauseMs, `a wait of ${longestMs} ms never was`);
    assertBalanced(t, snapshot);

    function backlogsOf() {
      return measurement
        .snapshot()
        .accounting.filter((line) => line.device === 'v1' && line.segment === 'backlog' && line.started > 0);
    }
  },
);

groundTest('an ifindex used again at once by another kind of device', async (t, ground) => {
  const [a, b] = [await ground.netns(), await ground.netns()];
  listen(ground, b);
  const measurement = ground.measure();
  const ifindex = 77;
  for (let round = 0; round < 6; round++) {
    const { left, right } = pairCommands({
      left: 'd0',
      right: 'e0',
      leftNetns: a,
      rightNetns: b,
      number: 1,
    });
    await ipBatch(
      a,
      left.map((command) => command.replace(' type veth', ` index ${ifindex} type veth`)),
    );
    await ipBatch(b, right);
    const toPeer = sender(ground, a, rightAddress(1));
    await learn(measurement, [`${a}/d0`], () => toPeer(1));
    await toPeer.close();
    await ipBatch(a, [
      'link delete d0',
      `link add d0 index ${ifindex} type bridge`,
      ...endCommands('d0', leftAddress(2), rightAddress(2), '02:76:69:74:09:09'),
    ]);
    const toBridge = sender(ground, a, rightAddress(2));
    const presentKinds = () =>
      measurement.devices
        .filter((d) => d.ifindex === ifindex && d.netns === a && d.state === 'present')
        .map(({ kind }) => kind);
    const isNoticed = () => {
      toBridge(1);
      return presentKinds().join() === 'other';
    };
    await waitUntil(isNoticed, 2.5);
    t.deepEqual(presentKinds(), ['other'], `round ${round}: the bridge that follows a veth`);
    await toBridge.close();
    await removeLink(a, 'd0');
  }
});

groundTest('a tun made anew by each start of its program: each life by itself', async (t, ground) => {
  const a = await ground.netns();
  const measurement = ground.measure();
  const rings = () => measurement.snapshot().accounting.filter((line) => line.segment === 'ring');
  const learntWith: number[] = [];
  for (let life = 0; life < 6; life++) {
    const tun = await UserDevice.add(ground, 'tun', a, 'tun0', 1);
    const send = sender(ground, a, rightAddress(1));
    let nudges = 0;
    await learn(measurement, [`${a}/tun0`], () => {
      send(1);
      nudges += 1;
    });
    await tun.readAll(nudges);
    learntWith.push(rings()[life]?.started ?? 0);
    send(10);
    await tun.readAll(4);
    await send.close();
    tun.close();
    const isNoticed = () => measurement.devices.every((d) => d.state === 'gone');
    if (life % 2 === 0) t.true(await waitUntil(isNoticed, 4));
  }
  await measurement.finish();
  t.deepEqual(
    rings().map(({ started, dropped, inFlight }, life) => [
      started - (learntWith[life] ?? 0),
      dropped,
      inFlight,
    ]),
    learntWith.map(() => [10, 6, 0]),
  );
  assertBalanced(t, measurement.snapshot());
});
