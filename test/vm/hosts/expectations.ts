// What each condition must come to: what is still measured, or the words of the refusal. One table.
import type { Hook, Mechanism } from '../../../src/kernel/hooks.js';
import type { Segment } from '../../../src/measure/segments.js';
import type { TestKernel } from '../kernels.js';
import type { ConditionName } from './conditions.js';
import type { Share } from './report.js';

export type Expectation =
  /** Measured are all segments, inject by this mechanism; or, for null, all others. */
  | { readonly state: 'measured'; readonly injectBy: Mechanism | null; readonly told: RegExp | null }
  /** Nothing is measured. */
  | { readonly state: 'refused'; readonly told: RegExp };

const measured = (injectBy: Mechanism | null, told: RegExp | null = null): Expectation => ({
  state: 'measured',
  injectBy,
  told,
});
const refused = (told: RegExp): Expectation => ({ state: 'refused', told });

/** `told` is looked for in doctor's lines that are not ok, and for a refusal in what snapshot says too. */
export const expectations: Readonly<Record<ConditionName, (kernel: TestKernel) => Expectation>> = {
  'as it is': ({ functionMechanism }) => measured(functionMechanism),
  'no BTF': () => refused(/this kernel has none/),
  'BTF that is none': () => refused(/BTF/),
  'no capability': () => refused(/lacks CAP_BPF, CAP_PERFMON/),
  'CAP_BPF and CAP_PERFMON, perf_event_paranoid=3': () =>
    measured(null, /lacks CAP_SYS_ADMIN.*perf_event_paranoid=3/),
  'CAP_BPF and CAP_PERFMON, perf_event_paranoid=2': () => measured('kprobe'),
  // libbpf asks the kernel by number, not by file.
  "files of modules' BTF hidden": ({ functionMechanism }) => measured(functionMechanism),
  "CAP_BPF and CAP_PERFMON, perf_event_paranoid=2, files of modules' BTF hidden": () => measured('kprobe'),
  'CAP_BPF and CAP_PERFMON, perf_event_paranoid=2, 64 KiB of locked memory': ({ series }) =>
    series === '5.10' ? refused(/lacks CAP_SYS_RESOURCE.*limited to 65536 bytes/) : measured('kprobe'),
  'lockdown=integrity': ({ functionMechanism }) => measured(functionMechanism),
  'lockdown=confidentiality': () => refused(/lets no program read/),
  'lockdown=confidentiality, securityfs not mounted': () => refused(/lets no program read/),
};

/** The backlog of a veth that merges packets (GRO), where this hook is left out: of those that a veth's packets pass. */
export const mergedBacklogWithout: Partial<Record<Hook, (kernel: TestKernel) => Share>> = {
  netif_receive_skb_entry: () => 'none',
  netif_receive_skb: () => 'none',
  napi_gro_receive_entry: ({ vethGro = true }) => (vethGro ? 'part' : 'whole'),
  tun_get_user: () => 'whole',
};

/** What doctor adds, where a hook is left out that some packets alone pass. */
export const partsWithout: Partial<Record<Hook, string>> = {
  napi_gro_receive_entry:
    'backlog of packets that GRO merges on a veth, inject of packets of a tun or tap with IFF_NAPI',
  tun_sendmsg: 'inject of packets that vhost writes in batches',
};

/** Of a packet over tun0 and tun1: what is still measured when this hook is left out. */
export const segmentsWithout: Readonly<Record<Hook, readonly Segment[]>> = {
  net_dev_queue: ['driver', 'backlog', 'ring', 'inject'],
  // A veth's backlog begins there, so that no device has one.
  net_dev_start_xmit: ['inject'],
  net_dev_xmit: ['qdisc', 'backlog', 'ring', 'inject'],
  netif_receive_skb_entry: ['qdisc', 'driver', 'ring'],
  netif_receive_skb: ['qdisc', 'driver', 'ring', 'inject'],
  napi_gro_receive_entry: ['qdisc', 'driver', 'backlog', 'ring', 'inject'],
  skb_copy_datagram_iovec: ['qdisc', 'driver', 'backlog', 'inject'],
  kfree_skb: ['driver', 'inject'],
  tun_get_user: ['qdisc', 'driver', 'backlog', 'ring'],
  // It is for vhost's batches alone.
  tun_sendmsg: ['qdisc', 'driver', 'backlog', 'ring', 'inject'],
};
