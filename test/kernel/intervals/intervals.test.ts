import { setTimeout as sleep } from 'node:timers/promises';
import type { DeviceReading } from '../../../src/measure/reading.js';
import { waitUntil } from '../../bench/realHost.js';
import { listen, sender, sinkPort } from '../devices/flow.js';
import { type Ground, groundTest } from '../devices/ground.js';
import { addPair, leftAddress, removeLink, rightAddress, UserDevice } from '../devices/links.js';
import { type Sending, startSending } from '../support/sending.js';
import { accountsOf, imbalances, type Metering, segmentOf, startMetering } from './metering.js';

async function untilLearnt({ meter }: Metering, devices: number, nudge: () => void): Promise<void> {
  const isLearnt = () => {
    nudge();
    return meter.devices.filter(({ state }) => state === 'present').length >= devices;
  };
  if (!(await waitUntil(isLearnt, 5))) throw new Error('not learnt');
}

async function load(ground: Ground, netns: string, durationSeconds: number): Promise<Sending> {
  const scope = { cleanup: ground.cleanup, signal: new AbortController().signal, progress: () => {} };
  const input = {
    netns,
    sourceAddress: leftAddress(1),
    sourcePort: 7106,
    carrier: 'udp' as const,
    sinkAddresses: [rightAddress(1)],
    sinkPort,
  };
  return startSending(input, { packetsPerSecond: 30_000, durationSeconds }, scope);
}

groundTest(
  'intervals that overlap under load: each adds up, and parts make up the whole',
  async (t, ground) => {
    const [a, b] = [await ground.netns(), await ground.netns()];
    await addPair({ left: 'v0', right: 'v1', leftNetns: a, rightNetns: b, number: 1 });
    listen(ground, b);
    const send = sender(ground, a, rightAddress(1));
    const metering = startMetering(ground, [a, b]);
    await untilLearnt(metering, 2, () => send(1));
    const whole = metering.open();
    let part = metering.open();
    const parts: DeviceReading[][] = [];
    const generator = await load(ground, a, 2);
    for (let number = 0; number < 5; number++) {
      const under = metering.open();
      await sleep(300);
      t.deepEqual(imbalances(under.close().reading.devices), [], 'under load');
      // Opening is a reading: the part before ends with it, and no packet falls between two parts.
      const next = metering.open();
      parts.push([...part.closeAsRead().reading.devices]);
      part = next;
    }
    await generator.result();
    for (const interval of [part, whole]) parts.push([...interval.close().reading.devices]);
    const [total, ...backlogs] = parts
      .map((devices) => segmentOf(devices, `${b}/v1`, 'backlog').latency)
      .reverse();
    if (!total) return t.fail();
    t.true(total.total > 30_000, `only ${total.total}`);
    t.is(
      backlogs.reduce((sum, { total }) => sum + total, 0),
      total.total,
    );
    t.is(Math.max(...backlogs.map(({ maxNs }) => maxNs ?? 0)), total.maxNs ?? Number.NaN);
    t.is(Math.min(...backlogs.map(({ minNs }) => minNs ?? Number.MAX_VALUE)), total.minNs ?? Number.NaN);
    t.deepEqual(imbalances(parts.at(-1) ?? []), []);
  },
);

groundTest(
  'what is under way when an interval opens waits in it, and what is left is in flight',
  async (t, ground) => {
    const a = await ground.netns();
    const tun = await UserDevice.add(ground, 'tun', a, 'tun0', 1);
    const send = sender(ground, a, rightAddress(1));
    const metering = startMetering(ground, [a]);
    let nudges = 0;
    await untilLearnt(metering, 1, () => {
      send(1);
      nudges += 1;
    });
    await tun.readAll(nudges);
    send(5);
    const interval = metering.open();
    send(3);
    await tun.readAll(6);
    const { devices } = interval.close().reading;
    t.like(accountsOf(segmentOf(devices, `${a}/tun0`, 'ring')), {
      started: 8,
      matched: 6,
      inFlight: 2,
      expired: 0,
      unmatched: 0,
    });
    t.deepEqual(imbalances(devices), []);
  },
);

groundTest('the maximum of an interval is its own, exactly', async (t, ground) => {
  const a = await ground.netns();
  const tun = await UserDevice.add(ground, 'tun', a, 'tun0', 1);
  const send = sender(ground, a, rightAddress(1));
  const metering = startMetering(ground, [a]);
  let nudges = 0;
  await untilLearnt(metering, 1, () => {
    send(1);
    nudges += 1;
  });
  await tun.readAll(nudges);
  // The second is the shorter one: the maximum of the first must not show in it.
  for (const pauseMs of [60, 5]) {
    const interval = metering.open();
    const askedMs = performance.now();
    send(1);
    const sentMs = performance.now();
    await sleep(pauseMs);
    const readingMs = performance.now();
    await tun.readAll(1);
    const readMs = performance.now();
    const { latency } = segmentOf(interval.close().reading.devices, `${a}/tun0`, 'ring');
    t.is(latency.total, 1);
    t.is(latency.maxNs, latency.sumNs, 'the sum of a single wait is exact, and so is the maximum');
    const waitMs = (latency.maxNs ?? 0) / 1e6;
    t.true(waitMs >= readingMs - sentMs && waitMs <= readMs - askedMs, `${waitMs} of ${readMs - askedMs} ms`);
  }
});

groundTest(
  'devices that come and go while an interval is open: all are in it, shards go round',
  async (t, ground) => {
    const [a, b] = [await ground.netns(), await ground.netns()];
    listen(ground, b);
    // Room for eight ends at a time: twenty lives need theirs again and again.
    const metering = startMetering(ground, [a, b], { shards: 2 + 8 * 3 });
    const interval = metering.open();
    const lives = 12;
    for (let life = 0; life < lives; life++) {
      await addPair({ left: `l${life}`, right: `r${life}`, leftNetns: a, rightNetns: b, number: 1 });
      const send = sender(ground, a, rightAddress(1));
      const isLearnt = () => {
        send(1);
        return metering.meter.devices.some(({ name }) => name === `l${life}`);
      };
      t.true(await waitUntil(isLearnt, 6), `life ${life}`);
      send(5);
      await send.close();
      await removeLink(a, `l${life}`);
    }
    t.true(await waitUntil(() => metering.meter.devices.length === 0, 6), 'all given up');
    const { devices } = interval.close().reading;
    t.deepEqual(imbalances(devices), []);
    for (let life = 0; life < lives; life++) {
      const { latency } = segmentOf(devices, `${b}/r${life}`, 'backlog');
      t.true(latency.total >= 5, `life ${life}: ${latency.total}`);
      t.true((latency.maxNs ?? Number.POSITIVE_INFINITY) < 1e9);
    }
  },
);

groundTest('other devices are wanted from now on', async (t, ground) => {
  const [a, b] = [await ground.netns(), await ground.netns()];
  for (const number of [1, 2])
    await addPair({ left: `l${number}`, right: `r${number}`, leftNetns: a, rightNetns: b, number });
  listen(ground, b);
  const sends = [1, 2].map((number) => sender(ground, a, rightAddress(number)));
  const { meter } = startMetering(ground, [a, b]);
  const names = () =>
    meter.devices
      .filter(({ state }) => state === 'present')
      .map(({ name }) => name)
      .sort()
      .join();
  const isMeasuring = (expected: string) => () => {
    for (const send of sends) send(1);
    return names() === expected;
  };
  t.true(await waitUntil(isMeasuring('l1,l2,r1,r2'), 5), names());
  meter.reconsider((_, name) => name.endsWith('2'));
  t.true(await waitUntil(isMeasuring('l2,r2'), 5), names());
  meter.reconsider((netns, name) => netns === a && name === 'l1');
  t.true(await waitUntil(isMeasuring('l1'), 5), names());
});
