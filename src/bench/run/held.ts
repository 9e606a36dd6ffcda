// How many packets a path's queues hold: a load that is too great is not seen before they are full.
import { execFileSync } from 'node:child_process';
import type { BuiltPath } from '../path.js';

interface Link {
  readonly txqlen?: number;
  readonly qdisc?: string;
  readonly linkinfo?: { readonly info_kind?: string };
}

/** net.core.netdev_max_backlog's default: what a veth's other end waits in, a CPU. */
const backlogPackets = 1_000;

export function heldPacketsOf({ devices }: BuiltPath): number {
  return devices.reduce((sum, { netns, device }) => {
    const at = netns === 'host' ? [] : ['-n', netns];
    const text = execFileSync('ip', [...at, '-j', '-d', 'link', 'show', device], { encoding: 'utf8' });
    const [link] = JSON.parse(text) as Link[];
    const length = link?.txqlen ?? 0;
    const ring = link?.linkinfo?.info_kind === 'tun' ? length : 0;
    const queue = link?.qdisc === 'noqueue' ? 0 : length;
    return sum + ring + queue;
  }, backlogPackets);
}
