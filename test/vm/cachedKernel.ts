// Where the cache keeps kernels with the modules that the tests need of them.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, findGuestKernel, type GuestKernel } from '../../src/bench/guest/cache.js';

/** The kernel of this suite, put there by scripts/fetch-kernel.sh; null where it has not been fetched. */
export function findTestKernel(suite: string): GuestKernel | null {
  const folder = join(cacheFolder(), 'kernels', suite);
  if (!existsSync(join(folder, 'version'))) return null;
  return { image: join(folder, 'vmlinuz'), modules: modulesIn(join(folder, 'modules')) };
}

/** The guest's kernel, put there by scripts/setup.sh. Throws where it, or its modules for tests, are not there. */
export function findGuestTestKernel(): GuestKernel {
  const { image } = findGuestKernel();
  return { image, modules: modulesIn(join(cacheFolder(), 'guest-kernel', 'test-modules')) };
}

/** Numbered by dependence: 00-veth.ko, 01-tun.ko … */
const modulesIn = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
