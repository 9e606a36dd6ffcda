// Reads the counters of a path's devices, and of its namespaces' protocols, with ip, tc and /proc.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { VifscopeError } from '../../errors.js';
import { inNetns } from '../../libbpf/libc.js';
import { commandText } from '../commandText.js';
import type { DeviceCounters, PathCounters, Peer, QdiscCounter } from './counters.js';
import { parseBacklogDrops, parseProtocols } from './procNet.js';

export interface NamedDevice {
  /** "host" is our own. */
  readonly netns: string;
  readonly device: string;
}

const direction = z.object({ dropped: z.number(), errors: z.number() });
const linkShape = z.object({
  ifindex: z.number(),
  link_index: z.number().optional(),
  link_netnsid: z.number().optional(),
  /** In place of its index where the other end is in the same namespace. */
  link: z.string().nullish(),
  linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
  stats64: z.object({ rx: direction, tx: direction }),
});
const links = z.array(linkShape).length(1);
const namespaceIds = z.array(z.object({ nsid: z.number(), name: z.string().optional() }));
const qdisc = z.object({
  kind: z.string(),
  root: z.boolean().optional(),
  parent: z.string().optional(),
  drops: z.number().optional(),
});

/** @throws VifscopeError LIBRARY_MISSING without iproute2, FAILED where a device is gone */
export async function readPathCounters(devices: readonly NamedDevice[]): Promise<PathCounters> {
  const netns = [...new Set(devices.map((device) => device.netns))];
  const read = (file: string) => readFileSync(file, 'latin1');
  return {
    devices: await Promise.all(devices.map(readDevice)),
    protocols: netns.map((name) => ({
      netns: name,
      counts: parseProtocols(inNetns(name, () => read('/proc/thread-self/net/snmp'))),
    })),
    backlogDrops: parseBacklogDrops(read('/proc/net/softnet_stat')),
  };
}

async function readDevice({ netns, device }: NamedDevice): Promise<DeviceCounters> {
  const show = (command: string, ...args: string[]) => shown(netns, command, args);
  const [link] = links.parse(await show('ip', '-d', 'link', 'show', 'dev', device));
  if (link === undefined) throw new Error(`ip shows no ${device}`);
  const { stats64, ifindex, linkinfo } = link;
  const kind = linkinfo?.info_kind ?? '';
  return {
    netns,
    device,
    kind,
    ifindex,
    peer: kind === 'veth' ? await peerOf(netns, link) : null,
    txDropped: stats64.tx.dropped,
    rxDropped: stats64.rx.dropped,
    txErrors: stats64.tx.errors,
    rxErrors: stats64.rx.errors,
    qdiscs: z
      .array(qdisc)
      .parse(await show('tc', 'qdisc', 'show', 'dev', device))
      .map(qdiscOf),
  };
}

/** What a command shows of a namespace. */
async function shown(netns: string, command: string, args: readonly string[]): Promise<unknown> {
  const at = netns === 'host' ? [] : ['-n', netns];
  const text = await commandText(command, [...at, '-j', '-s', ...args]);
  if (text === null) throw missing(command);
  // Of nothing at all, some versions show nothing, and not an empty list.
  return JSON.parse(text.trim() || '[]');
}

/** By name where it is in the same namespace, else by its number and that of its namespace, as the kernel counts them. */
async function peerOf(netns: string, link: z.infer<typeof linkShape>): Promise<Peer | null> {
  const { link: name, link_index: ifindex, link_netnsid: nsid } = link;
  if (name) {
    const [peer] = links.parse(await shown(netns, 'ip', ['link', 'show', 'dev', name]));
    return peer === undefined ? null : { netns, ifindex: peer.ifindex };
  }
  if (ifindex === undefined) return null;
  const ids = namespaceIds.parse(await shown(netns, 'ip', ['netns', 'list-id']));
  return { netns: ids.find((one) => one.nsid === nsid)?.name ?? null, ifindex };
}

function qdiscOf({ kind, root, parent, drops = 0 }: z.infer<typeof qdisc>): QdiscCounter {
  const isIngress = kind === 'ingress' || kind === 'clsact';
  const place = isIngress ? 'ingress' : root || parent === undefined ? 'root' : 'parent';
  return { kind, place, drops };
}

const missing = (command: string): VifscopeError =>
  new VifscopeError({
    code: 'LIBRARY_MISSING',
    operation: 'run',
    object: command,
    reason: 'the command cannot be started',
    remedy: 'install what is missing with scripts/setup.sh',
  });
