// One kernel from the cache to its report: makes the initramfs and boots.
import { closeSync } from 'node:fs';
import type { GuestKernel } from '../../src/bench/guest/cache.js';
import type { Scope } from '../../src/bench/scope.js';
import { runVm, VmEnded } from './boot.js';
import { openVmImage } from './image.js';
import type { VmReport } from './protocol.js';

export async function runKernel({ image, modules }: GuestKernel, scope: Scope): Promise<VmReport> {
  const initramfs = openVmImage(modules);
  const run = () => runVm({ kernel: image, initramfs }, scope);
  try {
    return await run().catch((error: unknown) => {
      // QEMU 7.2 emulates cmpxchg16b, which slab allocation is made of, wrongly once in a while: seen on 6.12 as a
      // double fault with an address in EFLAGS. A crash of our own making comes twice.
      if (!(error instanceof VmEnded)) throw error;
      scope.progress(`${error.message}\ntrying once more`);
      return run();
    });
  } finally {
    closeSync(initramfs);
  }
}
