// Where scripts/setup.sh has put what the guest is made of; both find the place by the same rule.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VifscopeError } from '../../errors.js';

/** scripts/setup.sh: ${VIFSCOPE_CACHE:-${XDG_CACHE_HOME:-/var/cache}/vifscope} */
export const cacheFolder = (): string =>
  process.env.VIFSCOPE_CACHE || join(process.env.XDG_CACHE_HOME || '/var/cache', 'vifscope');

export interface GuestKernel {
  readonly image: string;
  /** In the order in which they are to be inserted. */
  readonly modules: readonly string[];
}

export function findGuestKernel(): GuestKernel & { readonly version: string } {
  const folder = join(cacheFolder(), 'guest-kernel');
  try {
    // setup.sh numbers them by dependence: 00-failover.ko, 01-net_failover.ko …
    const modules = readdirSync(join(folder, 'modules')).sort();
    const version = readFileSync(join(folder, 'version'), 'latin1').trim();
    return {
      image: join(folder, 'vmlinuz'),
      version,
      modules: modules.map((name) => join(folder, 'modules', name)),
    };
  } catch (cause) {
    throw new VifscopeError({
      code: 'LIBRARY_MISSING',
      operation: 'find',
      object: `the guest's kernel in ${folder}`,
      reason: 'it has not been unpacked there',
      remedy: 'run scripts/setup.sh',
      cause,
    });
  }
}
