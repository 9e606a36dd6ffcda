// What this host is and allows: the snapshot's header, and what doctor judges. Reads files, changes nothing.
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { hostname, machine } from 'node:os';
import type { Btf } from '../abi/btf.js';
import type { HostFacts } from '../measure/snapshot.js';
import { type Capability, parseCapabilities } from './capabilities.js';
import { parseCpuList } from './cpuList.js';
import { type Driver, type DriverState, readDriverStates } from './drivers.js';
import { type Lockdown, parseLockdown } from './lockdown.js';
import { type MemlockLimit, parseMemlockLimit } from './memlock.js';
import { orNull, readInteger, readText } from './optionalFile.js';
import { type HostPaths, hostPaths } from './paths.js';

/** null: this kernel doesn't have it, or doesn't show it to us. */
export interface KernelFacts {
  readonly kernelRelease: string;
  /** Size of the kernel's types. */
  readonly btfBytes: number | null;
  readonly perfEventParanoid: number | null;
  readonly unprivilegedBpfDisabled: number | null;
  readonly bpfJitEnable: number | null;
  readonly lockdown: Lockdown;
  readonly drivers: Readonly<Record<Driver, DriverState>>;
  /** forbidden: there, but not for us to open. */
  readonly kvm: 'usable' | 'forbidden' | 'absent';
  /** Entries that an array indexed by CPU needs: the highest possible CPU plus one. */
  readonly possibleCpus: number;
  readonly onlineCpus: number;
  readonly capabilities: ReadonlySet<Capability>;
  /** In another one, capabilities count for nothing where BPF is concerned. */
  readonly inInitialUserNamespace: boolean | null;
  readonly memlockLimit: MemlockLimit | null;
}

/** The inode of the first user namespace: include/linux/proc_ns.h, PROC_USER_INIT_INO. */
const INITIAL_USER_NAMESPACE_INODE = 0xeffffffd;

/** `btf`: the kernel's types where they could be read, see readKernelBtf. */
export function readKernelFacts(btf: Btf | null, paths = hostPaths()): KernelFacts {
  const kernelRelease = readText(paths.kernelRelease) ?? 'unknown';
  const userNamespace = orNull(() => statSync(paths.ownUserNamespace).ino);
  return {
    kernelRelease,
    btfBytes: orNull(() => statSync(paths.kernelBtf).size),
    perfEventParanoid: readInteger(paths.perfEventParanoid),
    unprivilegedBpfDisabled: readInteger(paths.unprivilegedBpfDisabled),
    bpfJitEnable: readInteger(paths.bpfJitEnable),
    lockdown: parseLockdown(readText(paths.lockdown)),
    drivers: readDriverStates(kernelRelease, btf, paths),
    kvm: readKvm(paths),
    possibleCpus: readPossibleCpus(paths),
    onlineCpus: parseCpuList(readText(paths.onlineCpus) ?? '').count,
    capabilities: parseCapabilities(readText(paths.ownStatus) ?? '') ?? new Set(),
    inInitialUserNamespace: userNamespace === null ? null : userNamespace === INITIAL_USER_NAMESPACE_INODE,
    memlockLimit: parseMemlockLimit(readText(paths.ownLimits) ?? ''),
  };
}

/** Entries that an array indexed by CPU needs on this host. */
export const readPossibleCpus = (paths = hostPaths()): number =>
  parseCpuList(readText(paths.possibleCpus) ?? '').indexCount;

/** The header of a snapshot. `libbpfVersion` is asked of the library by whoever loaded it. */
export function readHostFacts(libbpfVersion: string, paths = hostPaths()): HostFacts {
  return {
    hostname: hostname(),
    kernel: readText(paths.kernelRelease) ?? 'unknown',
    architecture: machine(),
    cpus: parseCpuList(readText(paths.onlineCpus) ?? '').count,
    libbpf: libbpfVersion,
    vifscope: ownVersion(),
  };
}

function readKvm(paths: HostPaths): KernelFacts['kvm'] {
  if (!existsSync(paths.kvm)) return 'absent';
  const opened = orNull(() => {
    accessSync(paths.kvm, constants.R_OK | constants.W_OK);
    return true;
  });
  return opened === null ? 'forbidden' : 'usable';
}

/** From the package that the compiled file lies in: <package>/dist/src/host. */
export function ownVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  );
  const isVersioned = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isVersioned ? String(manifest.version) : 'unknown';
}
