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

export async function buildTap(scope: Scope): Promise<BuiltPath> {
  const kernel = findGuestKernel();
  const ends = await makeEnds('tap', scope);
  const { addresses, generatorNetns, sinkNetns } = ends;
  const initramfs = join(cacheFolder(), 'guest-initramfs.cpio');
  writeGuestImage(initramfs, addresses, kernel.modules);

  const devices = { generator: 'tap0', sink: 'tap1' };
  const open = (netns: string, device: string) => {
    const fd = inNetns(netns, () => openTunTap('tap', device));
    return { fd, close: scope.cleanup.add(`close ${device}`, () => closeSync(fd)) };
  };
  const generatorTap = open(generatorNetns, devices.generator);
  const sinkTap = open(sinkNetns, devices.sink);
  const spec = { kernel: kernel.image, initramfs, addresses, taps: [generatorTap.fd, sinkTap.fd] } as const;
  const guest = await startGuest(spec, scope);
  // QEMU holds them now, alone: the devices go when it goes.
  await sinkTap.close();
  await generatorTap.close();
  const built = await configureEnds(ends, devices, addresses.guestInMac, scope);
  const { accelerator, process } = guest;
  return { ...built, middlePid: process.pid, middleFailure: process.howEnded, accelerator };
}
