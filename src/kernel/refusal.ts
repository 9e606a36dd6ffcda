// What it means when the kernel refuses a program: the reason in a user's words, and what to do about it.

import { reasonOf } from '../errors.js';
import { LibbpfError } from '../libbpf/library.js';
import type { Mechanism } from './hooks.js';

export interface Refusal {
  readonly reason: string;
  readonly remedy: string;
}

const EPERM = 1;
const ENOENT = 2;
const ESRCH = 3;
const EACCES = 13;
const EINVAL = 22;

type Meaning = Readonly<Record<number, Refusal>>;

const needsPrivilege = 'run as root, or with CAP_BPF and CAP_PERFMON';

const meanings: Readonly<Record<Mechanism, Meaning>> = {
  tp_btf: {
    [EPERM]: { reason: 'the kernel does not let this process load tracing programs', remedy: needsPrivilege },
    [ESRCH]: { reason: 'this kernel has no such tracepoint', remedy: 'use kernel 5.10 or newer' },
    [ENOENT]: { reason: 'this kernel has no such tracepoint', remedy: 'use kernel 5.10 or newer' },
  },
  fentry: {
    [EPERM]: {
      reason: 'the kernel refuses fentry programs',
      remedy: 'give CAP_SYS_ADMIN if this process lacks it; a locked-down kernel refuses them to everyone',
    },
    [ESRCH]: { reason: 'no BTF describes this function', remedy: 'load the tun module first (modprobe tun)' },
    [EINVAL]: { reason: 'the kernel cannot trace this function', remedy: 'none on this kernel' },
  },
  kprobe: {
    [ENOENT]: {
      reason: 'the kernel has no kprobes, or not this function',
      remedy: 'load the tun module first (modprobe tun); a kernel built without kprobes has no remedy',
    },
    [EACCES]: {
      reason: 'the kernel refuses kprobes',
      remedy: 'give CAP_SYS_ADMIN, or set kernel.perf_event_paranoid to 2',
    },
    [EPERM]: {
      reason: 'the kernel refuses kprobes',
      remedy: 'give CAP_SYS_ADMIN; lockdown refuses them to everyone',
    },
  },
};

/** Explains what was thrown when a program of this mechanism was loaded or attached. */
export function refusalOf(mechanism: Mechanism, thrown: unknown): Refusal {
  const known = thrown instanceof LibbpfError ? meanings[mechanism][thrown.errno] : undefined;
  const detail = reasonOf(thrown);
  if (known) return { reason: `${known.reason} (${detail})`, remedy: known.remedy };
  return { reason: detail, remedy: 'report this with the kernel version and these lines' };
}
