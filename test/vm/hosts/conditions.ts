// The one table of conditions: what is changed on the host, who asks, and in which boot.
import type { Capability } from '../../../src/host/capabilities.js';

export const variants = ['root', 'users', 'integrity', 'confidentiality', 'hooks'] as const;
export type Variant = (typeof variants)[number];

/** What whoever asks in this boot holds: root, or an ordinary user with these; null where nobody asks. */
export const askers: Readonly<Record<Variant, 'root' | readonly Capability[] | null>> = {
  root: 'root',
  users: ['CAP_BPF', 'CAP_PERFMON'],
  integrity: 'root',
  confidentiality: 'root',
  // Each is left out in turn.
  hooks: null,
};

export interface Condition {
  readonly name: string;
  readonly variant: Variant;
  readonly perfEventParanoid: 2 | 3;
  /** Mounted over what is there, in this order; a file that is not there is made. */
  readonly mounts?: readonly (readonly [source: string, target: string])[];
  readonly memlockBytes?: number;
  /** Who asks gives up what he holds; he doesn't get it back. */
  readonly isWithoutCapabilities?: true;
}

const types = '/sys/kernel/btf';
/** All but the kernel's own are hidden. */
const onlyKernelTypes = [
  [`${types}/vmlinux`, '/tmp/vmlinux'],
  ['tmpfs', types],
  ['/tmp/vmlinux', `${types}/vmlinux`],
] as const;

/** In the order in which they are met. */
export const conditions = [
  { name: 'as it is', variant: 'root', perfEventParanoid: 3 },
  { name: 'no BTF', variant: 'root', perfEventParanoid: 3, mounts: [['tmpfs', types]] },
  {
    name: 'BTF that is none',
    variant: 'root',
    perfEventParanoid: 3,
    mounts: [['/proc/version', `${types}/vmlinux`]],
  },
  { name: "files of modules' BTF hidden", variant: 'root', perfEventParanoid: 3, mounts: onlyKernelTypes },
  { name: 'CAP_BPF and CAP_PERFMON, perf_event_paranoid=3', variant: 'users', perfEventParanoid: 3 },
  { name: 'CAP_BPF and CAP_PERFMON, perf_event_paranoid=2', variant: 'users', perfEventParanoid: 2 },
  {
    name: "CAP_BPF and CAP_PERFMON, perf_event_paranoid=2, files of modules' BTF hidden",
    variant: 'users',
    perfEventParanoid: 2,
    mounts: onlyKernelTypes,
  },
  {
    name: 'CAP_BPF and CAP_PERFMON, perf_event_paranoid=2, 64 KiB of locked memory',
    variant: 'users',
    perfEventParanoid: 2,
    memlockBytes: 65_536,
  },
  { name: 'no capability', variant: 'users', perfEventParanoid: 3, isWithoutCapabilities: true },
  { name: 'lockdown=integrity', variant: 'integrity', perfEventParanoid: 3 },
  { name: 'lockdown=confidentiality', variant: 'confidentiality', perfEventParanoid: 3 },
  {
    name: 'lockdown=confidentiality, securityfs not mounted',
    variant: 'confidentiality',
    perfEventParanoid: 3,
    mounts: [['tmpfs', '/sys/kernel/security']],
  },
] as const satisfies readonly Condition[];

export type ConditionName = (typeof conditions)[number]['name'];
