// How many packets a path's queues hold: a load that is too great is not seen before they are full.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { BuiltPath, PathDevice } from '../path.js';

const links = z.array(
  z.object({
    txqlen: z.number().optional(),
    linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
  }),
);

/** As `tc -j qdisc` tells them; those of a device without any are none, or "noqueue". */
const qdiscs = z.array(
  z.object({
    kind: z.string(),
    options: z.object({ limit: z.number().optional() }).optional(),
  }),
);

/** Its limit is bytes. */
const countsBytes = 'bfifo';
const leastFrameBytes = 64;

function shown(program: 'ip' | 'tc', { netns }: PathDevice, ...args: string[]): unknown {
  const at = netns === 'host' ? [] : ['-n', netns];
  return JSON.parse(execFileSync(program, [...at, '-j', ...args], { encoding: 'utf8' }));
}

/** What a veth's other end waits in, a CPU; the same in every namespace. */
const backlogPackets = (): number =>
  Number(readFileSync('/proc/sys/net/core/netdev_max_backlog', 'latin1').trim());

/** The longest queue of one; what tells no limit has the device's txqueuelen, as pfifo_fast does. */
export function qdiscPackets(json: unknown, txqueuelen: number): number {
  const all = qdiscs
    .parse(json)
    .filter(({ kind }) => kind !== 'noqueue' && kind !== 'ingress' && kind !== 'clsact');
  const packets = all.map(({ kind, options }) => {
    const limit = options?.limit;
    if (limit === undefined) return txqueuelen;
    return kind === countsBytes ? Math.ceil(limit / leastFrameBytes) : limit;
  });
  return Math.max(0, ...packets);
}

export function heldPacketsOf({ devices }: Pick<BuiltPath, 'devices'>): number {
  return devices.reduce((sum, device) => {
    const [link] = links.parse(shown('ip', device, '-d', 'link', 'show', device.device));
    const length = link?.txqlen ?? 0;
    const ring = link?.linkinfo?.info_kind === 'tun' ? length : 0;
    return sum + ring + qdiscPackets(shown('tc', device, 'qdisc', 'show', 'dev', device.device), length);
  }, backlogPackets());
}
