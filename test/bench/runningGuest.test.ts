// A guest that runs already: found by its tap, sent echo requests, and its replies counted as what came through.
// Catches: another process or device taken for the guest, requests that no guest answers, replies that are not counted.
import { closeSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../src/bench/command.js';
import { findGuestKernel } from '../../src/bench/guest/cache.js';
import { writeGuestImage } from '../../src/bench/guest/image.js';
import { startGuest } from '../../src/bench/guest/qemu.js';
import { Loader } from '../../src/bench/load/loader.js';
import { oneSize } from '../../src/bench/load/plan.js';
import type { Scope } from '../../src/bench/scope.js';
import { startMeasuring } from '../../src/bench/startMeasuring.js';
import { configureEnds, makeEnds } from '../../src/bench/topologies/ends.js';
import { findRunningGuest } from '../../src/bench/topologies/runningGuest.js';
import { inNetns, openTunTap } from '../../src/libbpf/libc.js';
import { kernelTest } from '../kernel/support/kernelTest.js';

const devices = { generator: `vg${process.pid}`, sink: `vs${process.pid}` };
const load = { packetsPerSecond: 500, durationSeconds: 1, sizes: oneSize(64), flows: 4, burst: 1 };

/** A guest of ours that has an address: somebody else's, as far as what is tested can tell. */
async function startAnsweringGuest(scope: Scope) {
  const kernel = findGuestKernel();
  const ends = await makeEnds('tap', scope);
  const { addresses, generatorNetns, sinkNetns } = ends;
  const initramfs = join(tmpdir(), `vifscope-answering-${process.pid}.cpio`);
  scope.cleanup.add('remove the image', () => rmSync(initramfs, { force: true }));
  const address = addresses.generator.replace(/\.1$/, '.2');
  const lastly = `$b ip address add ${address}/24 dev $in`;
  writeGuestImage(initramfs, addresses, kernel.modules, { files: [], lastly });
  const open = (netns: string, device: string) => {
    const fd = inNetns(netns, () => openTunTap('tap', device));
    return { fd, close: scope.cleanup.add(`close ${device}`, () => closeSync(fd)) };
  };
  const taps = [open(generatorNetns, devices.generator), open(sinkNetns, devices.sink)] as const;
  const spec = { kernel: kernel.image, initramfs, addresses, taps: [[taps[0].fd], [taps[1].fd]] } as const;
  const { process: guest } = await startGuest(spec, scope);
  for (const { close } of taps) await close();
  await configureEnds(ends, devices, addresses.guestInMac, scope);
  const ip = (...args: string[]) => runCommand('ip', ['-n', generatorNetns, ...args]);
  await ip('route', 'add', `${address}/32`, 'dev', devices.generator);
  return { netns: generatorNetns, tap: devices.generator, address, pid: guest.pid, ip };
}

kernelTest(
  'a guest is found by its tap, and answers what is sent to it',
  ['tun', 'guest'],
  async (t, scope) => {
    const { pid, ip, ...guest } = await startAnsweringGuest(scope);
    const path = await findRunningGuest(guest);
    t.is(path.middlePid, pid);
    t.is(path.middleFailure(), null);
    const loader = await Loader.open(path, scope, true);
    const prime = async () =>
      (await loader.run({ ...load, packetsPerSecond: 100, durationSeconds: 0.1 })).sink.received > 0;
    const measurement = await startMeasuring([path], scope, { journeys: { every: 1, quietMs: 500 } }, prime);
    const { generator, sink } = await loader.run(load);
    await measurement.finish();
    const { segments, legs, drops } = measurement.snapshot();
    t.log(JSON.stringify({ sent: generator.sent, received: sink.received, drops }));
    t.is(generator.sent, 500);
    t.is(sink.received + sink.missing, generator.sent);
    t.true(sink.received > 0.9 * generator.sent);
    t.is(sink.latency?.total, sink.received);
    t.is(sink.early, 0);
    const ring = segments.find(({ segment }) => segment === 'ring');
    const leg = legs.find((line) => line.leg === 'guest');
    t.true((ring?.count ?? 0) >= sink.received, JSON.stringify(segments));
    t.true((leg?.count ?? 0) > 0.9 * sink.received, JSON.stringify(legs));
    // The round trip has the guest's own time in it.
    t.true((sink.latency?.maxNs ?? 0) >= (leg?.maxNs ?? Number.NaN));
    // Read by us, the reply goes on to a ping of the kernel's that nobody sent.
    t.true(
      drops.every(({ reason }) => reason === 'NO_SOCKET' || reason === 'NOT_SPECIFIED'),
      JSON.stringify(drops),
    );

    const refused = (changes: Partial<typeof guest>, message: RegExp) =>
      t.throwsAsync(findRunningGuest({ ...guest, ...changes }), { code: 'USAGE', message });
    await refused({ tap: 'none0' }, /there is no such device/);
    await refused({ tap: 'lo' }, /it is no tap/);
    await refused({ address: '203.0.113.1' }, /the way to 203\.0\.113\.1 is by no device/);
    await ip('tuntap', 'add', 'idle0', 'mode', 'tap');
    await ip('link', 'set', 'idle0', 'up');
    await ip('address', 'add', '203.0.113.1/24', 'dev', 'idle0');
    await refused({ tap: 'idle0', address: '203.0.113.2' }, /no process holds it/);
  },
);
