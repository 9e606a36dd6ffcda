// The one table of kernels that the tests boot: Debian's cloud kernels, each with what it must be able to do.
import type { Hook, Mechanism } from '../../src/kernel/hooks.js';

export interface TestKernel {
  /** As people name it, and as its release string starts. */
  readonly series: string;
  /** The Debian suite that carries it; scripts/fetch-kernel.sh keeps it under this name. */
  readonly suite: string;
  /** The best mechanism for the hooks that are functions of the tun module; tracepoints are the same on all. */
  readonly functionMechanism: Mechanism;
  /** Whether kfree_skb gives a reason (5.17 and later). */
  readonly dropReasons: boolean;
}

export const testKernels: readonly TestKernel[] = [
  // No module BTF before 5.11.
  { series: '5.10', suite: 'bullseye', functionMechanism: 'kprobe', dropReasons: false },
  { series: '6.1', suite: 'bookworm', functionMechanism: 'fentry', dropReasons: true },
  { series: '6.12', suite: 'trixie', functionMechanism: 'fentry', dropReasons: true },
  { series: '7.2', suite: 'sid', functionMechanism: 'fentry', dropReasons: true },
];

export const functionHooks: readonly Hook[] = ['tun_get_user', 'tun_sendmsg'];
