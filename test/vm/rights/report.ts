// What the rights plan reports: for each set of capabilities, what the kernel let an ordinary user do with it, and
// what doctor said to the same user.
import type { Capability, PrivilegedUse } from '../../../src/host/capabilities.js';
import type { Check } from '../../../src/host/check.js';

/** What is tried; the demo's topologies are not attached, and tests of their own build them. */
export type Use = Exclude<PrivilegedUse, 'topologies'>;

export interface Trial {
  readonly use: Use;
  /** The kernel's words; null where it was allowed. */
  readonly refusal: string | null;
}

/** kernel.perf_event_paranoid: the kernel's own default, and Debian's. */
export const paranoidLevels = [2, 3] as const;
export type Paranoid = (typeof paranoidLevels)[number];

export interface Attempt {
  readonly paranoid: Paranoid;
  readonly trials: readonly Trial[];
  readonly doctor: readonly Check[];
}

/** The limit that a user's first maps meet; what is tried afterwards meets none. */
export const memlockLimits = {
  /** Only CAP_SYS_RESOURCE may raise it. */
  'hard 64 KiB': { softBytes: 65_536, hardBytes: 65_536 },
  /** Everybody may raise it. */
  'soft 64 KiB': { softBytes: 65_536, hardBytes: null },
} as const satisfies Record<string, { readonly softBytes: number; readonly hardBytes: number | null }>;
export type MemlockName = keyof typeof memlockLimits;

export interface User {
  readonly granted: readonly Capability[];
  readonly memlock: MemlockName;
  /** Which levels of paranoia it is tried at; none where only maps are of interest. */
  readonly levels: readonly Paranoid[];
}

export interface UserReport extends User {
  /** As /proc/self/status tells: effective user, and those of its capabilities that matter here. */
  readonly uid: number;
  readonly held: readonly Capability[];
  readonly maps: { readonly refusal: string | null; readonly doctor: Check };
  readonly attempts: readonly Attempt[];
}

export interface RightsReport {
  /** kernel.unprivileged_bpf_disabled, as it was during all of it. */
  readonly unprivilegedBpfDisabled: number | null;
  /** What root is refused is no question of rights. */
  readonly root: readonly Trial[];
  readonly users: readonly UserReport[];
}

const hooking: readonly (readonly Capability[])[] = [
  [],
  ['CAP_BPF'],
  ['CAP_PERFMON'],
  ['CAP_BPF', 'CAP_PERFMON'],
  ['CAP_SYS_ADMIN'],
];
const locking: readonly (readonly Capability[])[] = [
  ['CAP_SYS_RESOURCE'],
  ['CAP_BPF', 'CAP_SYS_RESOURCE'],
  ['CAP_SYS_ADMIN', 'CAP_SYS_RESOURCE'],
];

/** Every set that may be the least for something, and those with one capability less. */
export const users: readonly User[] = [
  ...hooking.map((granted): User => ({ granted, memlock: 'hard 64 KiB', levels: paranoidLevels })),
  ...locking.map((granted): User => ({ granted, memlock: 'hard 64 KiB', levels: [] })),
  { granted: ['CAP_BPF'], memlock: 'soft 64 KiB', levels: [] },
];
