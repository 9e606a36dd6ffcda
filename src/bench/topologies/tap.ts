// The tap path: generator namespace → tap0 → a QEMU guest that routes → tap1 → sink namespace.
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { inNetns, openTunTap } from '../../libbpf/libc.js';
import { cacheFolder, findGuestKernel } from '../guest/cache.js';
import { writeGuestImage } from '../guest/image.js';
import { startGuest } from '../guest/qemu.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import { configureEnds, makeEnds } from './ends.js';

/** @param queues of each of the guest's devices, and as many CPUs */
export async function buildTap(scope: Scope, queues = 1): Promise<BuiltPath> {
  const kernel = findGuestKernel();
  const ends = await makeEnds('tap', scope);
  const { addresses, generatorNetns, sinkNetns } = ends;
  const initramfs = join(cacheFolder(), 'guest-initramfs.cpio');
  writeGuestImage(initramfs, addresses, kernel.modules);

  const devices = { generator: 'tap0', sink: 'tap1' };
  const open = (netns: string, device: string) => {
    const fds = inNetns(netns, () =>
      Array.from({ length: queues }, () => openTunTap('tap', device, queues > 1)),
    );
    return { fds, close: scope.cleanup.add(`close ${device}`, () => fds.forEach(closeSync)) };
  };
  const generatorTap = open(generatorNetns, devices.generator);
  const sinkTap = open(sinkNetns, devices.sink);
  const taps = [generatorTap.fds, sinkTap.fds] as const;
  const guest = await startGuest({ kernel: kernel.image, initramfs, addresses, taps }, scope);
  // QEMU holds them now, alone: the devices go when it goes.
  await sinkTap.close();
  await generatorTap.close();
  const built = await configureEnds(ends, devices, addresses.guestInMac, scope);
  const { process, settings } = guest;
  return {
    ...built,
    middlePid: process.pid,
    middleFailure: process.howEnded,
    guest: settings,
    guestKernel: kernel.version,
  };
}
