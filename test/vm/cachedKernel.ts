// Where scripts/fetch-kernel.sh has put a kernel and the modules that the tests need of it.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, type GuestKernel } from '../../src/bench/guest/cache.js';

/** The kernel of this suite, or null where it has not been fetched. */
export function findTestKernel(suite: string): GuestKernel | null {
  const folder = join(cacheFolder(), 'kernels', suite);
  if (!existsSync(join(folder, 'version'))) return null;
  // Numbered by dependence: 00-veth.ko, 01-tun.ko …
  const modules = readdirSync(join(folder, 'modules')).sort();
  return { image: join(folder, 'vmlinuz'), modules: modules.map((name) => join(folder, 'modules', name)) };
}
