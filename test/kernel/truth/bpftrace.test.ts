// Beside a bpftrace script that measures the same: where packets leave without reaching the hook at the other end, the
// script gives their starts to later packets at the same address, and vifscope does not; where none do, both agree.
// Catches: a stamp that outlives its packet, and a wait that is measured between other points than it says.
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPath } from '../../../src/bench/buildPath.js';
import { offerLoad } from '../../../src/bench/load/offerLoad.js';
import { startMeasuring } from '../../../src/bench/startMeasuring.js';
import { account, learn } from '../devices/figures.js';
import { listen, sender } from '../devices/flow.js';
import { Ground, ipBatch } from '../devices/ground.js';
import { rightAddress, UserDevice } from '../devices/links.js';
import { kernelTest } from '../support/kernelTest.js';
import { assertBalanced, describeWaits, waitsOf } from '../support/lines.js';
import { pinToCpu } from '../support/pinning.js';
import { countOf, medianBucketOf, startScript } from './bpftraceScript.js';

const packets = 300;
const pauseMs = 1_200;
/** No packet of the test lives for so long: each is taken from its device at once. */
const impossibleNs = 2 ** 29;

kernelTest(
  'packets that a reader has taken give no wait to later ones, as they do in a bpftrace script',
  ['tun', 'bpftrace'],
  async (t, scope) => {
    const ground = new Ground(scope.cleanup);
    const [netns, other] = [await ground.netns(), await ground.netns()];
    const taken = await UserDevice.add(ground, 'tun', netns, 'taken0', 1);
    const given = await UserDevice.add(ground, 'tun', other, 'given0', 2);
    await ipBatch(other, [`address add ${rightAddress(1)}/32 dev given0`]);
    // Unread, its queue keeps the packets: freed, the first one's address would serve all of them.
    listen(ground, other);
    const send = sender(ground, netns, rightAddress(1));
    const measurement = ground.measure();
    // What a CPU frees it gives out again: the later packets are to get the earlier ones' addresses.
    pinToCpu(0, scope);
    send(1);
    const packet = await taken.read();
    let nudges = 0;
    await learn(measurement, [`${netns}/taken0`, `${other}/given0`], () => {
      send(1);
      nudges += 1;
      given.write(packet);
    });
    await taken.readAll(nudges);
    const script = await startScript(scope);
    measurement.restart();
    const beganNs = process.hrtime.bigint();
    send(packets);
    for (let read = 0; read < packets; read++) taken.readNow();
    const livedNs = Number(process.hrtime.bigint() - beganNs);
    await sleep(pauseMs);
    for (let written = 0; written < packets; written++) given.write(packet);
    await measurement.finish();
    const snapshot = measurement.snapshot();
    const printed = await script.finish();
    const impossible = countOf(printed.filter(({ fromNs }) => fromNs >= impossibleNs));
    t.log(`the script: ${impossible} of ${packets} impossible\n${describeWaits(snapshot)}`);

    t.true(livedNs < impossibleNs, 'the host was too slow for this test to tell anything');
    t.true(impossible > 0, JSON.stringify(printed));
    for (const { device, segment, maxNs } of snapshot.segments)
      t.true((maxNs ?? 0) < impossibleNs, `${device} ${segment}: ${maxNs} ns`);
    assertBalanced(t, snapshot);
    t.is(account(snapshot, `${netns}/taken0`, 'ring').matched, packets);
    t.is(account(snapshot, `${other}/given0`, 'backlog').matched, packets);
  },
);

kernelTest(
  'where a bpftrace script is right, vifscope has the same median',
  ['bpftrace'],
  async (t, scope) => {
    const path = await buildPath('veth', scope);
    const measurement = await startMeasuring([path], scope);
    const script = await startScript(scope);
    measurement.restart();
    const load = { packetsPerSecond: 20_000, durationSeconds: 1, frameBytes: 64 };
    const { generator } = await offerLoad(path, load, scope);
    await measurement.finish();
    const printed = await script.finish();
    const backlog = waitsOf(measurement.snapshot(), 'veth1', 'backlog');
    const bucket = medianBucketOf(printed);
    t.log(`vifscope: p50 ${backlog.p50Ns} ns; the script: ${bucket.fromNs} to ${bucket.toNs} ns`);
    t.is(backlog.count, generator.sent);
    t.true(countOf(printed) >= generator.sent);
    // Its buckets are powers of two, and each has its own work within the other's wait: the next bucket will do.
    t.true(backlog.p50Ns >= bucket.fromNs / 2 && backlog.p50Ns < bucket.toNs * 2);
  },
);
