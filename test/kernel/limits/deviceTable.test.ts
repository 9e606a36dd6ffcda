import { specialShard } from '../../../src/abi/layout.js';
import { segmentsOf } from '../../../src/measure/segments.js';
import { waitUntil } from '../../bench/realHost.js';
import { account, learn } from '../devices/figures.js';
import { listen, sender } from '../devices/flow.js';
import { groundTest, ipBatch } from '../devices/ground.js';
import { addPair, pairCommands, rightAddress } from '../devices/links.js';
import { assertBalanced } from '../support/lines.js';

const shardsFor = (veths: number) => specialShard.n + veths * segmentsOf('veth').length;

groundTest('more devices than histograms: the rest is turned away and counted', async (t, ground) => {
  const [a, b] = [await ground.netns(), await ground.netns()];
  for (const number of [1, 2, 3])
    await addPair({ left: `l${number}`, right: `r${number}`, leftNetns: a, rightNetns: b, number });
  listen(ground, b);
  const sends = [1, 2, 3].map((number) => sender(ground, a, rightAddress(number)));
  const measurement = ground.measure({ limits: { shards: shardsFor(3) } });
  for (const [index, send] of sends.entries()) {
    send(1);
    const names = [`${a}/l${index + 1}`, `${b}/r${index + 1}`];
    t.true(
      await waitUntil(() => measurement.devices && names.every((n) => measurement.seenNames.includes(n)), 5),
    );
  }
  t.is(measurement.devices.length, 3);
  measurement.restart();
  for (const send of sends) send(10);
  await measurement.finish();
  const snapshot = measurement.snapshot();
  t.is(snapshot.turnedAway.devices, 3);
  t.like(account(snapshot, `${b}/r1`, 'backlog'), { started: 10, matched: 10, unmatched: 0 });
  for (const device of measurement.devices) {
    const isSender = device.name.startsWith('l');
    const driver = account(snapshot, `${device.netns}/${device.name}`, 'driver');
    t.is(driver.matched, isSender ? 10 : 0, `driver of ${device.name}`);
  }
  assertBalanced(t, snapshot);
});

groundTest(
  'a device table full of devices left out: a wanted one is counted, and measured once there is room',
  async (t, ground) => {
    const [a, b] = [await ground.netns(), await ground.netns()];
    // The smallest cache has 64 entries: 60 ignored pairs fill it.
    const ignored = Array.from({ length: 60 }, (_, index) => index + 2);
    const commands = ignored.map((number) =>
      pairCommands({ left: `x${number}`, right: `x${number}`, leftNetns: a, rightNetns: b, number }),
    );
    await ipBatch(
      a,
      commands.flatMap(({ left }) => left),
    );
    await ipBatch(
      b,
      commands.flatMap(({ right }) => right),
    );
    await addPair({ left: 'wanted0', right: 'wanted1', leftNetns: a, rightNetns: b, number: 1 });
    listen(ground, b);
    const fill = ignored.map((number) => sender(ground, a, rightAddress(number)));
    const send = sender(ground, a, rightAddress(1));
    const measurement = ground.measure({
      include: [`${a}/wanted*`, `${b}/wanted*`],
      limits: { shards: shardsFor(8) },
    });
    const turnedAway = () => measurement.snapshot().turnedAway.devices;
    const isFull = () => {
      for (const one of fill) one(1);
      return turnedAway() >= 20;
    };
    t.true(await waitUntil(isFull, 10), `only ${turnedAway()} found no room`);

    const before = turnedAway();
    for (let packet = 0; packet < 20; packet++) {
      send(1);
      await waitUntil(() => measurement.devices.length > 0, 0.03);
    }
    if (measurement.devices.length === 0)
      t.true(turnedAway() > before, 'a wanted device without room is counted');

    await ipBatch(
      a,
      ignored.map((number) => `link delete x${number}`),
    );
    await learn(measurement, [`${a}/wanted0`, `${b}/wanted1`], () => send(1));
    measurement.restart();
    send(10);
    await measurement.finish();
    t.like(account(measurement.snapshot(), `${b}/wanted1`, 'backlog'), { started: 10, matched: 10 });
    assertBalanced(t, measurement.snapshot());
  },
);

groundTest('devices that come and go for long: the newest is measured still', async (t, ground) => {
  const [a, b] = [await ground.netns(), await ground.netns()];
  listen(ground, b);
  const measurement = ground.measure({ limits: { shards: shardsFor(4) } });
  for (let life = 0; life < 4; life++) {
    await addPair({ left: `l${life}`, right: `r${life}`, leftNetns: a, rightNetns: b, number: 1 });
    const send = sender(ground, a, rightAddress(1));
    await learn(measurement, [`${a}/l${life}`, `${b}/r${life}`], () => send(1));
    await send.close();
    await ipBatch(a, [`link delete l${life}`]);
    t.true(await waitUntil(() => measurement.devices.every((d) => d.state === 'gone'), 4));
    // A new interval: nobody will ask for the figures of the last one's devices.
    measurement.restart();
  }
  t.is(measurement.snapshot().turnedAway.devices, 0);
});
