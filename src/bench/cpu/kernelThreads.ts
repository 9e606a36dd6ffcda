// Threads of the kernel that work for a path, or that softirqs are put off to: found by name.
import { readdirSync } from 'node:fs';
import { readProcFile } from './procFile.js';

export interface KernelThreads {
  /** vhost's, as long as they are the kernel's own: some kernels make them threads of QEMU. */
  readonly vhost: readonly number[];
  readonly ksoftirqd: readonly number[];
}

/** @param pathPids processes whose vhost threads are wanted */
export function findKernelThreads(pathPids: readonly number[]): KernelThreads {
  const owners = new Set(pathPids.map((pid) => `vhost-${pid}`));
  const named = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => ({ pid: Number(pid), name: readProcFile(`/proc/${pid}/comm`) ?? '' }));
  const those = (fits: (name: string) => boolean) =>
    named.filter(({ name }) => fits(name)).map(({ pid }) => pid);
  return {
    vhost: those((name) => owners.has(name)),
    ksoftirqd: those((name) => /^ksoftirqd\/\d+$/.test(name)),
  };
}
