// The libbpf releases that scripts/fetch-libbpf.sh has put into the cache, and how a program is run with one.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../src/bench/guest/cache.js';
import { orNull, readText } from '../../src/host/optionalFile.js';
import type { RunOptions } from '../cli/vifscope.js';

export interface CachedLibrary {
  readonly path: string;
  /** Major and minor number, "1.5", by Debian's own account. */
  readonly version: string;
  /** For a child process: the loader and libraries of that release, and the library itself. */
  readonly options: Required<RunOptions>;
}

/** The libbpf of this suite; null where it has not been fetched. */
export function findLibrary(suite: string): CachedLibrary | null {
  const folder = join(cacheFolder(), 'libbpf', suite);
  const [, version] = /^(?:\d+:)?(\d+\.\d+)/.exec(readText(join(folder, 'version')) ?? '') ?? [];
  const soname = (orNull(() => readdirSync(folder)) ?? []).find((name) => /^libbpf\.so\.\d$/.test(name));
  if (version === undefined || soname === undefined) return null;
  const path = join(folder, soname);
  return { path, version, options: optionsOf(folder, path) };
}

/** How a program is run with this library, or one like it, among what was fetched with it. */
const optionsOf = (folder: string, path: string): Required<RunOptions> => ({
  through: [join(folder, 'ld-linux-x86-64.so.2'), '--library-path', folder],
  env: { VIFSCOPE_LIBBPF: path },
});
