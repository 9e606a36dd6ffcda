// Where packets were lost, why, and which setting to change.
import { countText } from '../../export/latencyText.js';
import { printable } from '../../export/printable.js';
import type { PlacedDrop } from '../result/schema.js';
import type { Evidence, Finding } from './finding.js';

interface Advice {
  /** Behind "N packets were dropped on DEVICE: ". */
  readonly what: string;
  readonly remedy: (device: string) => string;
}

/** By the kernel's drop reason: include/net/dropreason-core.h. */
const byReason: ReadonlyMap<string, Advice> = new Map(
  Object.entries<Advice>({
    QDISC_DROP: {
      what: 'its queueing discipline was full',
      remedy: (device) => `raise its rate or limit: tc -s qdisc show dev ${device}`,
    },
    QDISC_OVERLIMIT: {
      what: 'its queueing discipline was over its limit',
      remedy: (device) => `raise its limit: tc -s qdisc show dev ${device}`,
    },
    QDISC_CONGESTED: {
      what: 'its queueing discipline dropped to keep the wait short',
      remedy: (device) => `offer less, or raise its target: tc -s qdisc show dev ${device}`,
    },
    FULL_RING: {
      what: 'its ring was full: whoever reads it came too late',
      remedy: (device) =>
        `give the reader a CPU of its own, more queues or vhost; a longer ring hides bursts alone: ip link set ${device} txqueuelen N`,
    },
    CPU_BACKLOG: {
      what: "the CPU's backlog was full",
      remedy: () => 'raise net.core.netdev_max_backlog, or spread the load by RPS over more CPUs',
    },
    SOCKET_RCVBUFF: {
      what: "the receiver's socket was full",
      remedy: () => 'receive faster, or raise SO_RCVBUF and net.core.rmem_max',
    },
    PROTO_MEM: {
      what: 'the protocol had no memory left',
      remedy: () => 'raise net.ipv4.udp_mem',
    },
    NO_SOCKET: { what: 'nobody listened', remedy: () => 'start the receiver first, or mend its address' },
    NETFILTER_DROP: {
      what: 'a packet filter dropped them',
      remedy: () => 'look for the rule: nft list ruleset',
    },
    TC_INGRESS: {
      what: 'a classifier on the way in dropped them',
      remedy: (device) => `look for it: tc filter show dev ${device} ingress`,
    },
    TC_EGRESS: {
      what: 'a classifier on the way out dropped them',
      remedy: (device) => `look for it: tc filter show dev ${device} egress`,
    },
    XDP: {
      what: 'an XDP program dropped them',
      remedy: (device) => `look for it: bpftool net show dev ${device}`,
    },
    IP_RPFILTER: {
      what: 'the reverse-path filter dropped them',
      remedy: (device) => `mend the route back, or set net.ipv4.conf.${device}.rp_filter to 2`,
    },
    NEIGH_FAILED: { what: 'the next hop did not answer', remedy: () => 'look at it: ip neighbour show' },
    NEIGH_QUEUEFULL: {
      what: 'too many waited for the next hop to answer',
      remedy: () => 'raise net.ipv4.neigh.default.unres_qlen_bytes',
    },
    NOMEM: {
      what: 'there was no memory for them',
      remedy: () => 'look at free memory and the cgroup’s limit',
    },
  }),
);

/** Where no reason is known, the place says what it can. */
const byPlace: Readonly<Record<PlacedDrop['place'], string>> = {
  qdisc: 'QDISC_DROP',
  ring: 'FULL_RING',
  backlog: 'CPU_BACKLOG',
  socket: 'SOCKET_RCVBUFF',
  driver: '',
  unknown: '',
};

export function lossFindings({ path, sent, drops, dropsWhen }: Evidence): Finding[] {
  const all = drops.reduce((sum, { count }) => sum + count, 0);
  return drops
    .filter(({ count }) => count > 0)
    .map((drop) => {
      const { netns, device, reason, place, count } = drop;
      const where = device === null ? `in ${netns}` : `on ${netns}/${device}`;
      const advice = byReason.get(reason ?? '') ?? byReason.get(byPlace[place]);
      const why = advice?.what ?? `the kernel gives ${reason ?? 'no reason'}`;
      const share = count / Math.max(1, sent ?? all);
      const when = dropsWhen === null ? '' : ` ${dropsWhen}`;
      const ofWhat = sent === null ? `of all drops seen${when}` : `of ${countText(sent)} sent`;
      return {
        area: 'loss',
        path,
        share,
        what: printable(`packets were lost${when} ${where}: ${why}`),
        evidence: printable(
          `${countText(count)} ${ofWhat} (${percentText(share)}), ${place}, reason ${reason ?? 'not told'}`,
        ),
        remedy: advice ? printable(advice.remedy(device ?? 'DEVICE')) : null,
      };
    });
}

/** "1.23 %"; what is less than a hundredth is not called nothing. */
export function percentText(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 0.01 ? 'less than 0.01 %' : `${percent.toFixed(2)} %`;
}
