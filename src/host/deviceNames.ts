// Devices by name: those of our own namespace, and of the namespaces that `ip netns` knows.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { orNull } from './optionalFile.js';
import { hostPaths } from './paths.js';

export interface DeviceName {
  readonly netns: string;
  readonly name: string;
}

/** null when not every named namespace could be looked into: then nobody can say that a device isn't there. */
export function existingDevices(paths = hostPaths()): readonly DeviceName[] | null {
  const own = readdirSync(paths.ownDevices).map((name) => ({ netns: 'host', name }));
  const named = (orNull(() => readdirSync(paths.namedNetns)) ?? []).map(devicesIn);
  return named.includes(null) ? null : [...own, ...named.flatMap((devices) => devices ?? [])];
}

/** null when iproute2 isn't there, or the namespace is gone meanwhile or not ours to enter. */
function devicesIn(netns: string): readonly DeviceName[] | null {
  try {
    const json = execFileSync('ip', ['-n', netns, '-j', 'link'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const links: { ifname: string }[] = JSON.parse(json);
    return links.map(({ ifname }) => ({ netns, name: ifname }));
  } catch {
    return null;
  }
}
