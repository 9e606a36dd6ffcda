// The one table of hooks: which programs can serve a hook, best first, and which segments need which hooks.
import type { Segment } from '../measure/segments.js';
import type { HookLine } from '../measure/snapshot.js';

export type Mechanism = 'tp_btf' | 'fentry' | 'kprobe';

export interface HookProgram {
  readonly mechanism: Mechanism;
  /** The program's name in the BPF object. */
  readonly program: string;
}

const tracepoint = (hook: string): readonly HookProgram[] => [{ mechanism: 'tp_btf', program: `on_${hook}` }];

const kernelFunction = (hook: string): readonly HookProgram[] => [
  { mechanism: 'fentry', program: `fentry_${hook}` },
  { mechanism: 'kprobe', program: `kprobe_${hook}` },
];

export const hooks = {
  net_dev_queue: tracepoint('net_dev_queue'),
  net_dev_start_xmit: tracepoint('net_dev_start_xmit'),
  net_dev_xmit: tracepoint('net_dev_xmit'),
  netif_receive_skb_entry: tracepoint('netif_receive_skb_entry'),
  netif_receive_skb: tracepoint('netif_receive_skb'),
  napi_gro_receive_entry: tracepoint('napi_gro_receive_entry'),
  skb_copy_datagram_iovec: tracepoint('skb_copy_datagram_iovec'),
  kfree_skb: tracepoint('kfree_skb'),
  tun_get_user: kernelFunction('tun_get_user'),
  tun_sendmsg: kernelFunction('tun_sendmsg'),
} as const satisfies Record<string, readonly HookProgram[]>;

export type Hook = keyof typeof hooks;
export const hookNames = Object.keys(hooks) as readonly Hook[];

/**
 * Without any one of these hooks the segment is measured on no device. That a veth's backlog could do without
 * netif_receive_skb_entry, and a tun's without net_dev_start_xmit, is given away: programs have one mask of segments,
 * and no kernel is known that has the one tracepoint and not the other.
 */
const hooksOfSegment: Readonly<Record<Segment, readonly Hook[]>> = {
  qdisc: ['net_dev_queue', 'net_dev_start_xmit', 'kfree_skb'],
  driver: ['net_dev_start_xmit', 'net_dev_xmit'],
  // On a veth it begins at the one, on a tap or tun at the other.
  backlog: ['net_dev_start_xmit', 'netif_receive_skb_entry', 'netif_receive_skb', 'kfree_skb'],
  ring: ['net_dev_start_xmit', 'skb_copy_datagram_iovec', 'kfree_skb'],
  inject: ['tun_get_user', 'netif_receive_skb_entry'],
};

interface Part {
  readonly segment: Segment;
  /** The packets, after "SEGMENT of". */
  readonly of: string;
}

/** What is lost of a segment that is measured otherwise, where a hook is missing that some packets alone pass. */
const partsOfHook: Partial<Record<Hook, readonly Part[]>> = {
  napi_gro_receive_entry: [
    { segment: 'backlog', of: 'packets that GRO merges on a veth' },
    { segment: 'inject', of: 'packets of a tun or tap with IFF_NAPI' },
  ],
  tun_sendmsg: [{ segment: 'inject', of: 'packets that vhost writes in batches' }],
};

export type HookStatus =
  | { readonly hook: Hook; readonly state: 'attached'; readonly mechanism: Mechanism }
  | { readonly hook: Hook; readonly state: 'missing'; readonly reason: string; readonly remedy: string };

/** The segments that these hooks can measure. */
export function measurableSegments(statuses: readonly HookStatus[]): readonly Segment[] {
  const attached = new Set(statuses.filter((s) => s.state === 'attached').map((s) => s.hook));
  return (Object.keys(hooksOfSegment) as Segment[]).filter((segment) =>
    hooksOfSegment[segment].every((hook) => attached.has(hook)),
  );
}

/** What these hooks miss of the segments that they can measure: "inject of packets that vhost writes in batches". */
export function unmeasuredParts(statuses: readonly HookStatus[]): readonly string[] {
  const measurable = measurableSegments(statuses);
  return statuses
    .filter(({ state }) => state === 'missing')
    .flatMap(({ hook }) => partsOfHook[hook] ?? [])
    .filter(({ segment }) => measurable.includes(segment))
    .map(({ segment, of }) => `${segment} of ${of}`);
}

/** The statuses as a snapshot tells them. */
export const hookLines = (statuses: readonly HookStatus[]): readonly HookLine[] =>
  statuses.map((status) =>
    status.state === 'attached'
      ? { hook: status.hook, mechanism: status.mechanism, state: 'attached', reason: null }
      : {
          hook: status.hook,
          mechanism: null,
          state: 'missing',
          reason: `${status.reason}; ${status.remedy}`,
        },
  );
