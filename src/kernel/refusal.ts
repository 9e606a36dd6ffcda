// What it means when the kernel refuses a program: the reason in a user's words, and what to do about it.

import { reasonOf } from '../errors.js';
import { errnoName, LibbpfError } from '../libbpf/library.js';
import type { Mechanism } from './hooks.js';

export interface Refusal {
  /** Names the mechanism. */
  readonly reason: string;
  readonly remedy: string;
}

const EPERM = 1;
const ENOENT = 2;
const ESRCH = 3;
const EACCES = 13;
const EINVAL = 22;

type Meaning = Readonly<Record<number, Refusal>>;

const meanings: Readonly<Record<Mechanism, Meaning>> = {
  tp_btf: {
    [EPERM]: { reason: 'not allowed to this process', remedy: 'CAP_BPF and CAP_PERFMON, or root' },
    [ESRCH]: { reason: 'no such tracepoint', remedy: 'kernel 5.10 or newer' },
    [ENOENT]: { reason: 'no such tracepoint', remedy: 'kernel 5.10 or newer' },
  },
  fentry: {
    [EPERM]: {
      reason: 'refused by the kernel',
      remedy: 'CAP_SYS_ADMIN and a kernel that is not locked down',
    },
    [ESRCH]: { reason: 'no BTF of this function', remedy: 'the tun module loaded and its BTF' },
    [EINVAL]: { reason: 'this function cannot be traced', remedy: 'another kernel' },
  },
  kprobe: {
    [ENOENT]: {
      reason: 'no kprobes in this kernel, or no such function',
      remedy: 'a kernel with kprobes and the tun module loaded',
    },
    [EACCES]: {
      reason: 'refused by the kernel',
      remedy: 'CAP_SYS_ADMIN, or kernel.perf_event_paranoid of at most 2',
    },
    [EPERM]: {
      reason: 'refused by the kernel',
      remedy: 'CAP_SYS_ADMIN and a kernel that is not locked down',
    },
  },
};

/** Explains what was thrown when a program of this mechanism was loaded or attached. */
export function refusalOf(mechanism: Mechanism, thrown: unknown): Refusal {
  const known = thrown instanceof LibbpfError ? meanings[mechanism][thrown.errno] : undefined;
  if (thrown instanceof LibbpfError && known)
    return {
      reason: `${mechanism}: ${known.reason} (${errnoName(thrown.errno)})`,
      remedy: `${mechanism} needs ${known.remedy}`,
    };
  // The verifier's words among others: they are for whoever mends it.
  return { reason: `${mechanism}: ${reasonOf(thrown)}`, remedy: 'report this with the kernel version' };
}
