// Capabilities of this process, and which of them each thing that vifscope does still lacks.
// What needs what was measured as an ordinary user, kernel by kernel.

/** Bit numbers: include/uapi/linux/capability.h. */
const capabilityBits = {
  CAP_NET_ADMIN: 12,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_RESOURCE: 24,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

export type Capability = keyof typeof capabilityBits;

/** What needs capabilities: attaching by each mechanism, creating maps, making the demo's namespaces and devices. */
export type PrivilegedUse = 'tp_btf' | 'fentry' | 'kprobe' | 'maps' | 'topologies';

/** What the answer depends on besides the capabilities. */
export interface PrivilegeFacts {
  readonly capabilities: ReadonlySet<Capability>;
  /** null: not known, taken as the kernel's own default, 2. */
  readonly perfEventParanoid: number | null;
  /** Whether map memory counts against a limited RLIMIT_MEMLOCK: kernels before 5.11. */
  readonly mapsLimitedByMemlock: boolean;
  /** Whether tun's functions are a module's. */
  readonly tunIsModule: boolean;
}

/** A kprobe is opened through perf_event_open, which Debian's patch closes to CAP_PERFMON at this value. */
const PARANOID_REFUSES_PERFMON = 3;
const PARANOID_DEFAULT = 2;

/** The effective capabilities in the text of /proc/self/status, of those that matter here; null if it has none. */
export function parseCapabilities(status: string): ReadonlySet<Capability> | null {
  const mask = /^CapEff:\s*([0-9a-f]+)$/im.exec(status)?.[1];
  if (mask === undefined) return null;
  const bits = BigInt(`0x${mask}`);
  const names = Object.keys(capabilityBits) as Capability[];
  return new Set(names.filter((name) => (bits >> BigInt(capabilityBits[name])) & 1n));
}

/** The capabilities that `use` needs and this process lacks; empty when it may. */
export function missingCapabilities(use: PrivilegedUse, facts: PrivilegeFacts): readonly Capability[] {
  return neededCapabilities(use, facts).filter((capability) => !holds(facts.capabilities, capability));
}

/** The fewest that `use` works with; test/vm/rights measures them, kernel by kernel. */
export function neededCapabilities(
  use: PrivilegedUse,
  { perfEventParanoid, mapsLimitedByMemlock, tunIsModule }: Omit<PrivilegeFacts, 'capabilities'>,
): readonly Capability[] {
  switch (use) {
    case 'tp_btf':
      return ['CAP_BPF', 'CAP_PERFMON'];
    // A module's types are found by walking BTF ids.
    case 'fentry':
      return tunIsModule ? ['CAP_SYS_ADMIN'] : ['CAP_BPF', 'CAP_PERFMON'];
    case 'kprobe':
      return refusesPerfmon(perfEventParanoid) ? ['CAP_SYS_ADMIN'] : ['CAP_BPF', 'CAP_PERFMON'];
    case 'maps':
      return mapsLimitedByMemlock ? ['CAP_BPF', 'CAP_SYS_RESOURCE'] : ['CAP_BPF'];
    case 'topologies':
      return ['CAP_NET_ADMIN', 'CAP_SYS_ADMIN'];
  }
}

/** Whether this value of kernel.perf_event_paranoid closes kprobes to CAP_PERFMON. */
export const refusesPerfmon = (perfEventParanoid: number | null): boolean =>
  (perfEventParanoid ?? PARANOID_DEFAULT) >= PARANOID_REFUSES_PERFMON;

/** CAP_SYS_ADMIN stands for both newer ones (include/linux/capability.h, bpf_capable and perfmon_capable). */
function holds(capabilities: ReadonlySet<Capability>, capability: Capability): boolean {
  if (capabilities.has(capability)) return true;
  const isPartOfSysAdmin = capability === 'CAP_BPF' || capability === 'CAP_PERFMON';
  return isPartOfSysAdmin && capabilities.has('CAP_SYS_ADMIN');
}

export const lackText = (lacking: readonly Capability[]): string => `lacks ${lacking.join(', ')}`;
export const grantText = (lacking: readonly Capability[]): string =>
  `run it with sudo, or grant ${lacking.join(', ')}`;
