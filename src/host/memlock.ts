// RLIMIT_MEMLOCK, against which kernels before 5.11 count the memory of BPF maps.

export type MemlockLimit =
  | { readonly state: 'unlimited' }
  | { readonly state: 'limited'; readonly softBytes: number };

/** The soft limit in the text of /proc/self/limits, or null if it has none. */
export function parseMemlockLimit(limits: string): MemlockLimit | null {
  const soft = /^Max locked memory\s+(\d+|unlimited)\s/m.exec(limits)?.[1];
  if (soft === undefined) return null;
  return soft === 'unlimited' ? { state: 'unlimited' } : { state: 'limited', softBytes: Number(soft) };
}

/** Whether a kernel of this release ("5.10.0-28-amd64") counts maps against the limit; not if it can't be told. */
export function countsMapsAsLocked(kernelRelease: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernelRelease) ?? [];
  if (major === undefined) return false;
  return Number(major) < 5 || (Number(major) === 5 && Number(minor) < 11);
}
