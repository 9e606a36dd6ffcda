// Which processes hold which tun and tap devices: the kernel says of each descriptor which device it serves.
import { readdirSync, readFileSync } from 'node:fs';
import { orNull } from './optionalFile.js';

/** By process id: names of devices, whatever their namespaces. Those of processes that are not ours to see are not there. */
export function tunHolders(): ReadonlyMap<number, ReadonlySet<string>> {
  const holders = new Map<number, Set<string>>();
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)))
    for (const fd of gone(() => readdirSync(`/proc/${pid}/fdinfo`)) ?? []) {
      const text = gone(() => readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1')) ?? '';
      const [, device] = /^iff:\t(.*)$/m.exec(text) ?? [];
      if (device === undefined) continue;
      const devices = holders.get(Number(pid)) ?? new Set();
      holders.set(Number(pid), devices.add(device));
    }
  return holders;
}

/** A process that ends meanwhile has nothing, and says so in a way of its own. */
function gone<T>(read: () => T): T | null {
  try {
    return orNull(read);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
    throw error;
  }
}
