import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../../src/bench/command.js';
import { packetCounters, waitUntil } from '../../bench/realHost.js';
import { account, learn, lineOf } from '../devices/figures.js';
import { listen, sender } from '../devices/flow.js';
import { type Ground, groundTest } from '../devices/ground.js';
import { addPair, rightAddress, UserDevice } from '../devices/links.js';
import { assertBalanced } from '../support/lines.js';

/** A full table holds this many packets; what is sent on top puts others out. */
const roomForPackets = 64;
const packets = 300;
/** No packet is taken out for this long, so a shorter wait would be another packet's. */
const stillMs = 100;
const limits = { inFlightPackets: roomForPackets };

async function learntTun(ground: Ground) {
  const a = await ground.netns();
  const tun = await UserDevice.add(ground, 'tun', a, 'tun0', 1);
  const send = sender(ground, a, rightAddress(1));
  const measurement = ground.measure({ limits });
  let nudges = 0;
  await learn(measurement, [`${a}/tun0`], () => {
    send(1);
    nudges += 1;
  });
  await tun.readAll(nudges);
  measurement.restart();
  return { device: `${a}/tun0`, tun, send, measurement };
}

groundTest('a ring with more packets than the in-flight table: the rest is evicted', async (t, ground) => {
  const { device, tun, send, measurement } = await learntTun(ground);
  const startMs = performance.now();
  send(packets);
  await sleep(stillMs);
  const full = account(measurement.snapshot(), device, 'ring');
  t.like(full, { started: packets, matched: 0, evicted: packets - roomForPackets, inFlight: roomForPackets });
  await tun.readAll(packets);
  const elapsedMs = performance.now() - startMs;
  await measurement.finish();
  const snapshot = measurement.snapshot();
  t.like(account(snapshot, device, 'ring'), {
    started: packets,
    matched: roomForPackets,
    evicted: packets - roomForPackets,
    inFlight: 0,
    expired: 0,
  });
  const { minNs, maxNs } = lineOf(snapshot, device, 'ring') ?? {};
  t.true((minNs ?? 0) >= stillMs * 1e6, `${minNs} ns is less than any packet waited`);
  t.true((maxNs ?? Number.POSITIVE_INFINITY) <= elapsedMs * 1e6, `${maxNs} ns is more than the test took`);
  assertBalanced(t, snapshot);
});

groundTest('a full table serves again once its packets have gone', async (t, ground) => {
  const { device, tun, send, measurement } = await learntTun(ground);
  send(packets);
  await tun.readAll(packets);
  const { matched } = account(measurement.snapshot(), device, 'ring');
  for (let packet = 0; packet < 20; packet++) {
    send(1);
    await tun.read();
  }
  await measurement.finish();
  const ring = account(measurement.snapshot(), device, 'ring');
  t.is(ring.matched - matched, 20);
  assertBalanced(t, measurement.snapshot());
});

groundTest('a queue that holds more packets than the table: their ends find no start', async (t, ground) => {
  const [a, b] = [await ground.netns(), await ground.netns()];
  await addPair({ left: 'v0', right: 'v1', leftNetns: a, rightNetns: b, number: 1 });
  listen(ground, b);
  const send = sender(ground, a, rightAddress(1));
  const measurement = ground.measure({ limits });
  await learn(measurement, [`${a}/v0`, `${b}/v1`], () => send(1));
  // 64-byte frames at 1 Mbit/s: 300 of them leave within 160 ms.
  const slow = ['rate', '1mbit', 'burst', '1500', 'limit', '100000'];
  await runCommand('tc', ['-n', a, 'qdisc', 'add', 'dev', 'v0', 'root', 'tbf', ...slow]);
  const sentBefore = packetCounters({ netns: a, device: 'v0' }).sentPackets;
  measurement.restart();
  const startMs = performance.now();
  send(packets);
  const haveLeft = () => packetCounters({ netns: a, device: 'v0' }).sentPackets >= sentBefore + packets;
  t.true(await waitUntil(haveLeft, 10));
  const elapsedMs = performance.now() - startMs;
  await measurement.finish();
  const snapshot = measurement.snapshot();
  const { started, matched, evicted, unmatched } = account(snapshot, `${a}/v0`, 'qdisc');
  t.is(started, packets);
  t.true(evicted > packets / 2, `${evicted} evicted`);
  // The kernel now and then calls no program for a moment, so what left is counted by the same hook.
  const left = account(snapshot, `${a}/v0`, 'driver').started;
  t.true(left > 0.8 * packets, `${left} of ${packets} seen leaving`);
  t.is(matched + unmatched, left, 'each packet seen leaving had a stamp or is told to have none');
  t.true(unmatched <= evicted && unmatched >= evicted - (packets - left), `${unmatched} of ${evicted}`);
  t.true((lineOf(snapshot, `${a}/v0`, 'qdisc')?.maxNs ?? Number.NaN) <= elapsedMs * 1e6);
  t.is(account(snapshot, `${b}/v1`, 'backlog').started, left);
  assertBalanced(t, snapshot);
});
