// The one table of segments: what lies between two hooks on one device, and which kinds of device have it.

export type DeviceKind = 'veth' | 'tap' | 'tun' | 'other';

/** One row a segment, in the order in which a device's shards lie in kernel memory. */
export const segments = [
  {
    name: 'qdisc',
    from: 'net_dev_queue',
    to: 'net_dev_start_xmit',
    kinds: ['veth', 'tap', 'tun', 'other'],
    longTail: 'queueing discipline, BQL or a stopped device',
  },
  {
    name: 'driver',
    from: 'net_dev_start_xmit',
    to: 'net_dev_xmit',
    kinds: ['veth', 'tap', 'tun', 'other'],
    longTail: "the driver's own transmit",
  },
  {
    name: 'backlog',
    from: 'net_dev_start_xmit of the peer, or netif_receive_skb_entry',
    to: 'netif_receive_skb or napi_gro_receive_entry',
    kinds: ['veth', 'tap', 'tun'],
    longTail: 'softirq backlog, ksoftirqd, RPS or NAPI',
  },
  {
    name: 'ring',
    from: 'net_dev_start_xmit',
    to: 'skb_copy_datagram_iovec',
    kinds: ['tap', 'tun'],
    longTail: 'the reader (guest, vhost or forwarder) comes late',
  },
  {
    name: 'inject',
    from: 'tun_get_user or tun_sendmsg',
    to: 'netif_receive_skb_entry',
    kinds: ['tap', 'tun'],
    longTail: 'copy from user space, skb allocation',
  },
] as const satisfies readonly {
  name: string;
  from: string;
  to: string;
  kinds: readonly DeviceKind[];
  longTail: string;
}[];

export type Segment = (typeof segments)[number]['name'];

/** The segments that a device of this kind has, in shard order. */
export const segmentsOf = (kind: DeviceKind): readonly Segment[] => segmentsByKind[kind];

const namesFor = (kind: DeviceKind): readonly Segment[] =>
  segments.filter((s) => (s.kinds as readonly DeviceKind[]).includes(kind)).map((s) => s.name);

const segmentsByKind: Readonly<Record<DeviceKind, readonly Segment[]>> = {
  veth: namesFor('veth'),
  tap: namesFor('tap'),
  tun: namesFor('tun'),
  other: namesFor('other'),
};
