// What it means when the kernel refuses a program: the reason in a user's words, and what to do about it.
import { existsSync } from 'node:fs';
import { reasonOf } from '../errors.js';
import {
  grantText,
  lackText,
  missingCapabilities,
  type PrivilegeFacts,
  refusesPerfmon,
} from '../host/capabilities.js';
import { hostPaths } from '../host/paths.js';
import { readPrivileges } from '../host/privileges.js';
import { errnoName, LibbpfError } from '../libbpf/library.js';
import type { Mechanism } from './hooks.js';

export interface Refusal {
  /** Names the mechanism; one line. */
  readonly reason: string;
  readonly remedy: string;
}

/** What the same errno means depends on. */
export interface RefusedProcess {
  readonly privileges: PrivilegeFacts;
  /** Whether the kernel has types of tun as a module: not before 5.11, not where tun is built in or not loaded. */
  readonly hasTunTypes: boolean;
}

const EPERM = 1;
const ENOENT = 2;
const ESRCH = 3;
const EACCES = 13;
const EINVAL = 22;

/** Lockdown takes these away from programs that may have them otherwise (kernel/trace/bpf_trace.c). */
const closedMemory = /^(unknown func|program of this type cannot use helper) bpf_probe_read/;

type Meaning = Readonly<Record<number, Refusal>>;

/** What is left when the privileges suffice. */
const meanings: Readonly<Record<Mechanism, Meaning>> = {
  tp_btf: {
    [EPERM]: { reason: 'refused by the kernel', remedy: 'a kernel that is not locked down' },
    [ESRCH]: { reason: 'no such tracepoint', remedy: 'kernel 5.10 or newer' },
    [ENOENT]: { reason: 'no such tracepoint', remedy: 'kernel 5.10 or newer' },
  },
  fentry: {
    [EPERM]: { reason: 'refused by the kernel', remedy: 'a kernel that is not locked down' },
    [ESRCH]: { reason: 'no BTF of this function', remedy: 'the tun module loaded and its BTF (kernel 5.11)' },
    [EINVAL]: { reason: 'this function cannot be traced', remedy: 'another kernel' },
  },
  kprobe: {
    [ENOENT]: {
      reason: 'no kprobes in this kernel, or no such function',
      remedy: 'a kernel with kprobes and the tun module loaded',
    },
    [EACCES]: { reason: 'refused by the kernel', remedy: 'kernel.perf_event_paranoid of at most 2' },
    [EPERM]: {
      reason: 'refused by the kernel',
      remedy: 'a kernel that is not locked down, and perf_event_open not closed by a system call filter',
    },
  },
};

/** Explains what was thrown when a program of this mechanism was loaded or attached. */
export function refusalOf(
  mechanism: Mechanism,
  thrown: unknown,
  { privileges, hasTunTypes }: RefusedProcess = readRefusedProcess(),
): Refusal {
  if (!(thrown instanceof LibbpfError)) return unknownRefusal(mechanism, reasonOf(thrown));
  const { errno, verdict } = thrown;
  const told = (reason: string, remedy: string): Refusal => ({
    reason: `${mechanism}: ${reason} (${errnoName(errno)})`,
    remedy,
  });
  // The verifier looks at a program only once the privileges for it suffice.
  if (verdict !== null)
    return closedMemory.test(verdict)
      ? told('the kernel lets no program read its memory', 'boot without lockdown=confidentiality')
      : told(verdict, reportIt);
  const lacking = missingCapabilities(mechanism, privileges);
  // Who may not ask for a module's types is told EPERM by libbpf 1.1, and by later ones that there are none.
  const isLack = [EPERM, EACCES].includes(errno) || (errno === ESRCH && hasTunTypes);
  if (lacking.length > 0 && isLack) {
    const isByParanoia = mechanism === 'kprobe' && refusesPerfmon(privileges.perfEventParanoid);
    const or = isByParanoia ? ', or sysctl kernel.perf_event_paranoid=2' : '';
    return told(lackText(lacking), `${grantText(lacking)}${or}`);
  }
  const known = meanings[mechanism][errno];
  return known
    ? told(known.reason, `${mechanism} needs ${known.remedy}`)
    : unknownRefusal(mechanism, reasonOf(thrown));
}

const readRefusedProcess = (): RefusedProcess => ({
  privileges: readPrivileges(),
  hasTunTypes: existsSync(hostPaths().tunBtf),
});

const reportIt = 'report this with the kernel version';
const unknownRefusal = (mechanism: Mechanism, words: string): Refusal => ({
  reason: `${mechanism}: ${words}`,
  remedy: reportIt,
});
