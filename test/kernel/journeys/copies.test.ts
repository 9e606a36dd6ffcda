// Packets that are all alike, and copies of one packet on several devices: no leg is claimed, and they are counted.
import { closeSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPath } from '../../../src/bench/buildPath.js';
import { startMeasuring } from '../../../src/bench/startMeasuring.js';
import { connectSocket } from '../../../src/libbpf/sockets.js';
import { waitUntil } from '../../bench/waitUntil.js';
import { type Ground, groundTest, ip, ipBatch } from '../devices/ground.js';
import { leftAddress, rightAddress } from '../devices/links.js';
import { kernelTest } from '../support/kernelTest.js';
import { openNumberedSender, openSocket } from './numberedFlow.js';
import { PollDevice } from './pollDevice.js';

const packets = 3_000;
const flooded = 500;
const limitSeconds = 5;
/** Frames under way, of which nobody knows how many there are. */
const settleMs = 100;

kernelTest('a flood of one repeated packet over a forwarder has no leg', ['tun'], async (t, scope) => {
  const path = await buildPath('tun', scope);
  const measurement = await startMeasuring([path], scope, { journeys: { every: 1, quietMs: 500 } });
  const source = openSocket(path.generatorNetns, scope);
  connectSocket(source, path.sinkAddress, path.sinkPort);
  const payload = Buffer.alloc(22, 'vifscope');
  for (let sent = 0; sent < packets; sent++) writeSync(source, payload);
  await measurement.finish();
  const { legs, journeys } = measurement.snapshot();
  t.log(JSON.stringify(journeys));
  t.deepEqual(legs, []);
  t.like(journeys, { whole: 0, evicted: 0, lostEvents: 0, unreturned: [] });
  t.true((journeys?.ambiguous ?? 0) >= 1);
});

/** v0 → v1, a bridge, which floods to two taps, and a third tap elsewhere. */
async function buildBridge(ground: Ground) {
  const [left, bridged, beyond] = [await ground.netns(), await ground.netns(), await ground.netns()];
  await ip('-n', left, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1', 'netns', bridged);
  const tap = (netns: string, name: string) => {
    const device = new PollDevice('tap', netns, name);
    ground.cleanup.add(`close ${name}`, () => closeSync(device.fd));
    return device;
  };
  const [one, two, out] = [tap(bridged, 'tap0'), tap(bridged, 'tap1'), tap(beyond, 'tap2')];
  await ipBatch(bridged, [
    'link add br0 type bridge mcast_snooping 0',
    ...['v1', 'tap0', 'tap1'].flatMap((device) => [`link set ${device} master br0`, `link set ${device} up`]),
    'link set br0 up',
  ]);
  await ipBatch(beyond, ['link set tap2 up']);
  await ipBatch(left, [
    `address add ${leftAddress(1)}/32 dev v0`,
    'link set v0 up',
    `route add ${rightAddress(1)}/32 dev v0`,
    `neighbour add ${rightAddress(1)} lladdr ff:ff:ff:ff:ff:ff dev v0 nud permanent`,
  ]);
  const bridge = ['tap0', 'tap1', 'v1'].map((device) => `${bridged}/${device}`);
  return { left, one, two, out, devices: [`${left}/v0`, ...bridge, `${beyond}/tap2`] };
}

groundTest('of a frame that a bridge floods to two taps no guest has a leg', async (t, ground) => {
  const { left, one, two, out, devices } = await buildBridge(ground);
  const measurement = ground.measure({ include: devices, journeys: { every: 1, quietMs: 500 } });
  const ends = { generatorNetns: left, sinkAddress: rightAddress(1), sinkPort: 7_302 };
  const sender = openNumberedSender(ends, ground);
  let [toOne, toTwo] = [0, 0];
  /** What is read from the second tap is written to the third, what is read from the first is not. */
  const guest = () => {
    while (one.read()) toOne += 1;
    for (let frame = two.read(); frame; frame = two.read(), toTwo += 1) out.write(frame);
  };
  const isLearnt = () => {
    sender.send('priming');
    guest();
    return measurement.devices.length === devices.length;
  };
  t.true(await waitUntil(isLearnt, limitSeconds));
  await sleep(settleMs);
  guest();
  measurement.restart();
  [toOne, toTwo] = [0, 0];
  for (let sent = 0; sent < flooded; sent++) {
    sender.send('counted');
    guest();
  }
  const haveAllCome = () => {
    guest();
    return toOne === flooded && toTwo === flooded;
  };
  t.true(await waitUntil(haveAllCome, limitSeconds));
  await measurement.finish();
  const { legs, journeys } = measurement.snapshot();
  t.log(JSON.stringify(journeys));
  t.deepEqual(legs, []);
  t.like(journeys, { begun: flooded, ambiguous: flooded });
});
