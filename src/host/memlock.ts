// RLIMIT_MEMLOCK, against which kernels before 5.11 count the memory of BPF maps.

/** unlimited: no hard limit. libbpf then takes the soft one away, which every process may, or else raises nothing. */
export type MemlockLimit =
  | { readonly state: 'unlimited' }
  | { readonly state: 'limited'; readonly softBytes: number };

/** The limit in the text of /proc/self/limits, or null if it has none. */
export function parseMemlockLimit(limits: string): MemlockLimit | null {
  const [, soft, hard] = /^Max locked memory\s+(\d+|unlimited)\s+(\d+|unlimited)\s/m.exec(limits) ?? [];
  if (hard === undefined) return null;
  return hard === 'unlimited' ? { state: 'unlimited' } : { state: 'limited', softBytes: Number(soft) };
}

/** Whether a kernel of this release ("5.10.0-28-amd64") counts maps against the limit; not if it can't be told. */
export function countsMapsAsLocked(kernelRelease: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernelRelease) ?? [];
  if (major === undefined) return false;
  return Number(major) < 5 || (Number(major) === 5 && Number(minor) < 11);
}
