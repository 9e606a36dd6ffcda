// One kernel from the cache to its report: makes the initramfs and boots.
import { closeSync } from 'node:fs';
import type { GuestKernel } from '../../src/bench/guest/cache.js';
import type { Scope } from '../../src/bench/scope.js';
import { runVm } from './boot.js';
import { openVmImage } from './image.js';
import type { VmReport } from './protocol.js';

export async function runKernel({ image, modules }: GuestKernel, scope: Scope): Promise<VmReport> {
  const initramfs = openVmImage(modules);
  try {
    return await runVm({ kernel: image, initramfs }, scope);
  } finally {
    closeSync(initramfs);
  }
}
