// What this process may do, of what the kernel asks for when programs are loaded and attached.
import type { PrivilegeFacts } from './capabilities.js';
import { type KernelFacts, readKernelFacts } from './facts.js';
import { countsMapsAsLocked } from './memlock.js';

export function privilegesOf(facts: KernelFacts): PrivilegeFacts {
  const { capabilities, perfEventParanoid, memlockLimit, kernelRelease, drivers } = facts;
  const mapsLimitedByMemlock = memlockLimit?.state === 'limited' && countsMapsAsLocked(kernelRelease);
  // Where no list of modules tells, a driver that is not loaded as one is most likely built in.
  const tunIsModule = drivers.tun === 'loaded' || drivers.tun === 'loadable';
  return { capabilities, perfEventParanoid, mapsLimitedByMemlock, tunIsModule };
}

export const readPrivileges = (): PrivilegeFacts => privilegesOf(readKernelFacts(null));
