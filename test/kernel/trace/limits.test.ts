// What tracing leaves out, and counts: waits below the threshold, more than a device may tell of; and all, where nobody
// traces.
import { setImmediate } from 'node:timers/promises';
import * as abi from '../../../src/abi/layout.js';
import { buildPath } from '../../../src/bench/buildPath.js';
import { Cleanup } from '../../../src/bench/cleanup.js';
import { readRuns } from '../../../src/bench/cost/runStatistics.js';
import { generatorInputOf } from '../../../src/bench/load/generator.js';
import type { Scope } from '../../../src/bench/scope.js';
import { Watches } from '../../../src/kernel/watches.js';
import type { ReportedPacket } from '../../../src/trace/report.js';
import { waitUntil } from '../../bench/realHost.js';
import { Ground } from '../devices/ground.js';
import { startMetering } from '../intervals/metering.js';
import { kernelTest } from '../support/kernelTest.js';
import { pauseProcess } from '../support/pausing.js';
import { startSending } from '../support/sending.js';
import { openSender, startTracing, waitsIn } from './tracing.js';

kernelTest('more slow packets than a device may tell of are counted', [], async (t, scope) => {
  const path = await buildPath('veth', scope);
  const send = openSender(path, scope);
  const { tracer, told } = await startTracing(path, send, 1, scope);
  const before = tracer.summary;
  send(1_000);
  const waits = (await told()).flatMap((packet) => packet.waits);
  const { seen, turnedAway, lost } = tracer.summary;
  const awayFrom = (name: string | undefined) =>
    [...turnedAway].filter(([device]) => device.endsWith(`/${name}`)).map(([, packets]) => packets)[0] ?? 0;
  t.is(lost, 0);
  // Each packet waits in the driver of one end and in the backlog of the other.
  t.is(seen - before.seen, 2_000);
  for (const [device, segment] of [
    ['veth0', 'driver'],
    ['veth1', 'backlog'],
  ] as const) {
    const toldOf = waits.filter((wait) => wait.device === device);
    t.true(toldOf.length > 0 && toldOf.length < 500, `${toldOf.length} of ${device}`);
    t.true(toldOf.every((wait) => wait.segment === segment));
    t.is(toldOf.length + awayFrom(device), 1_000);
  }
});

kernelTest('no wait is told of that is not longer than the threshold', ['tun'], async (t, scope) => {
  const path = await buildPath('tun', scope);
  const send = openSender(path, scope);
  const thresholdNs = 30_000_000;
  const { tracer, told } = await startTracing(path, send, thresholdNs, scope);
  const paused = pauseProcess(path.middlePid ?? 0, 60, scope);
  send(3);
  await paused;
  send(20);
  const packets = await told();
  t.true(packets.length >= 3 && packets.length < 23, `${packets.length} of 23 packets`);
  for (const { waits } of packets)
    for (const { waitNs } of waits) t.true(waitNs > thresholdNs, `${waitNs} ns`);
  t.is(tracer.summary.turnedAway.size, 0);
});

kernelTest('without a threshold of its own a segment has its running p99.9', ['tun'], async (t, scope) => {
  const path = await buildPath('tun', scope);
  const send = openSender(path, scope);
  const { told, poll } = await startTracing(path, send, null, scope);
  for (let burst = 0; burst < 30; burst++) {
    send(100);
    await poll(20);
  }
  // So long until thresholds are calculated again.
  await poll(1_500);
  await told();
  const paused = pauseProcess(path.middlePid ?? 0, 200, scope);
  send(3);
  await paused;
  const packets = await told();
  const slow = waitsIn(packets, 'ring').filter(({ causes }) => causes[0]?.cause === 'stopped');
  t.is(slow.length, 3);
  t.true(packets.length <= 6, `${packets.length} packets`);
});

kernelTest('no packet is lost sight of because a poll came while it was under way', [], async (t, scope) => {
  const path = await buildPath('veth', scope);
  const { tracer, told } = await startTracing(path, openSender(path, scope), 1, scope);
  // Each poll lets a few more be told of: on a busy host they come slowly.
  const load = { packetsPerSecond: 20_000, durationSeconds: 5 };
  const sending = await startSending(generatorInputOf(path), load, scope);
  const packets: ReportedPacket[] = [];
  for (const endMs = performance.now() + 5_000; performance.now() < endMs; await setImmediate())
    packets.push(...tracer.poll());
  await sending.result();
  packets.push(...(await told()));
  const driverWaits = packets.filter(({ waits }) => waits.some(({ segment }) => segment === 'driver'));
  t.true(driverWaits.length > 1_000, `${driverWaits.length}`);
  t.deepEqual(
    driverWaits.filter(({ content }) => content === null),
    [],
  );
});

/** Sends packets over a path that is metered, with a threshold of 1 ns wherever one can be set. @returns bytes told */
async function bytesTold(isTracing: boolean, scope: Scope): Promise<bigint> {
  const ground = new Ground(new Cleanup());
  const remove = scope.cleanup.add('detach', () => ground.cleanup.run());
  const path = await buildPath('veth', { ...scope, cleanup: ground.cleanup });
  const send = openSender(path, { ...scope, cleanup: ground.cleanup });
  const { meter, attachment } = startMetering(ground, [path.generatorNetns, path.sinkNetns], { isTracing });
  const isLearnt = () => {
    send(1);
    return meter.devices.length === 2;
  };
  if (!(await waitUntil(isLearnt, 5))) throw new Error('the devices are not learnt');
  const { bytes } = attachment.memory.watches;
  const watches = new Watches(attachment.memory.watches);
  for (let shard = 0; shard < bytes.length / abi.watch.size; shard++) {
    watches.setThreshold(shard, 1);
    watches.refill(shard);
  }
  send(10);
  const names = [...readRuns().keys()].filter((name) => name.startsWith('sched_'));
  if (names.length !== (isTracing ? 2 : 0)) throw new Error(`attached: ${names}`);
  const told = Atomics.load(attachment.memory.outliers.producer.words64, 0);
  await remove();
  return told;
}

kernelTest('nothing is attached or told where nobody traces', [], async (t, scope) => {
  t.is(await bytesTold(false, scope), 0n);
  t.true((await bytesTold(true, scope)) > 0n, 'and the same is told where somebody does');
});
