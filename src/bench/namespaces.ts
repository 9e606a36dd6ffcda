// The network namespaces of a run: named after their owner, made quiet, removed with it or by the next run.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { inNetns } from '../libbpf/libc.js';
import { runCommand } from './command.js';
import { isAlive, type Owner, thisProcess } from './owner.js';
import { type PathName, pathNames } from './path.js';
import type { Scope } from './scope.js';

export const netnsRoles = ['generator', 'middle', 'sink'] as const;
export type NetnsRole = (typeof netnsRoles)[number];

export interface NetnsIdentity {
  readonly owner: Owner;
  readonly path: PathName;
  readonly role: NetnsRole;
}

const namePattern = new RegExp(`^vifscope-(\\d+)-(\\d+)-(${pathNames.join('|')})-(${netnsRoles.join('|')})$`);

export const netnsName = ({ owner, path, role }: NetnsIdentity): string =>
  `vifscope-${owner.pid}-${owner.startTicks}-${path}-${role}`;

/** Every device in the namespaces of this process, as a pattern of devices. */
export function ownDevices(): string {
  const { pid, startTicks } = thisProcess();
  return `vifscope-${pid}-${startTicks}-*/*`;
}

/** What a name made by `netnsName` says, or null for any other name. */
export function parseNetnsName(name: string): NetnsIdentity | null {
  const [, pid, startTicks, path, role] = namePattern.exec(name) ?? [];
  if (pid === undefined) return null;
  const owner = { pid: Number(pid), startTicks: Number(startTicks) };
  return { owner, path: path as PathName, role: role as NetnsRole };
}

/**
 * No IPv6, so that no router solicitation or multicast report is among the packets; no reverse-path filter,
 * since traffic goes one way and the sink has no route back.
 */
const quietSettings: readonly (readonly [file: string, value: string])[] = [
  ['ipv6/conf/all/disable_ipv6', '1'],
  ['ipv6/conf/default/disable_ipv6', '1'],
  ['ipv4/conf/all/rp_filter', '0'],
  ['ipv4/conf/default/rp_filter', '0'],
];

export async function addNetns(path: PathName, role: NetnsRole, scope: Scope): Promise<string> {
  scope.signal.throwIfAborted();
  const netns = netnsName({ owner: thisProcess(), path, role });
  scope.cleanup.add(`remove the namespace ${netns}`, () => removeNetns(netns));
  await runCommand('ip', ['netns', 'add', netns]);
  inNetns(netns, () => {
    for (const [file, value] of quietSettings) {
      const setting = `/proc/sys/net/${file}`;
      if (existsSync(setting)) writeFileSync(setting, value);
    }
  });
  return netns;
}

const present = (netns: string) => existsSync(`/run/netns/${netns}`);

async function removeNetns(netns: string): Promise<void> {
  if (!present(netns)) return;
  try {
    await runCommand('ip', ['netns', 'delete', netns]);
  } catch (error) {
    // Another run may have removed the same leftover in between.
    if (present(netns)) throw error;
  }
}

/** Removes the namespaces of runs that were killed before they could; returns their names. */
export async function removeLeftovers(): Promise<string[]> {
  const names = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  const left = names.filter((name) => {
    const identity = parseNetnsName(name);
    return identity !== null && !isAlive(identity.owner);
  });
  for (const netns of left) await removeNetns(netns);
  return left;
}
