// The one table of kernels that the tests boot: Debian's cloud kernels, each with what it must be able to do.
import type { Claiming } from '../../src/kernel/bpfObjects.js';
import type { Mechanism } from '../../src/kernel/hooks.js';

export interface TestKernel {
  /** As people name it, and as its release string starts. */
  readonly series: string;
  /** The Debian suite that carries it; scripts/fetch-kernel.sh keeps it under this name. */
  readonly suite: string;
  /** The best mechanism for the hooks that are functions of the tun module; tracepoints are the same on all. */
  readonly functionMechanism: Mechanism;
  /** How programs claim a packet's stamp, where it isn't by compare-and-exchange. */
  readonly claiming?: Claiming;
  /** false: a veth device merges no packets (GRO) without XDP, as before 5.13. */
  readonly vethGro?: false;
  /** Why packets are dropped that a full tap or tun queue turns away; kfree_skb tells since 5.17. */
  readonly fullQueueReason: string;
}

export const testKernels: readonly TestKernel[] = [
  {
    series: '5.10',
    suite: 'bullseye',
    // No module BTF before 5.11.
    functionMechanism: 'kprobe',
    // No compare-and-exchange before 5.12.
    claiming: 'gates',
    vethGro: false,
    fullQueueReason: 'NOT_SPECIFIED',
  },
  { series: '6.1', suite: 'bookworm', functionMechanism: 'fentry', fullQueueReason: 'FULL_RING' },
  { series: '6.12', suite: 'trixie', functionMechanism: 'fentry', fullQueueReason: 'FULL_RING' },
  { series: '7.2', suite: 'sid', functionMechanism: 'fentry', fullQueueReason: 'FULL_RING' },
];
