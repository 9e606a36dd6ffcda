// The libbpf releases that scripts/fetch-libbpf.sh has put into the cache, and how a program is run with one.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../src/bench/guest/cache.js';
import { orNull, readText } from '../../src/host/optionalFile.js';
import type { RunOptions } from '../cli/vifscope.js';

export interface CachedLibrary {
  /** Holds the library and what goes with it. */
  readonly folder: string;
  readonly path: string;
  /** Major and minor number, "1.5", by Debian's own account. */
  readonly version: string;
  /** For a child process: the loader and libraries of that release, and the library itself. */
  readonly options: Required<RunOptions>;
  /** The same as the first words of a command, for a program that runs itself anew. */
  readonly asHosts: readonly string[];
}

/** The libbpf of this suite; null where it has not been fetched. */
export function findLibrary(suite: string): CachedLibrary | null {
  const folder = join(cacheFolder(), 'libbpf', suite);
  const [, version] = /^(?:\d+:)?(\d+\.\d+)/.exec(readText(join(folder, 'version')) ?? '') ?? [];
  const soname = (orNull(() => readdirSync(folder)) ?? []).find((name) => /^libbpf\.so\.\d$/.test(name));
  if (version === undefined || soname === undefined) return null;
  const path = join(folder, soname);
  return { folder, path, version, options: optionsOf(folder, path), asHosts: asHosts(folder, path) };
}

/** How a program is run with this library, or one like it, among what was fetched with it. */
const optionsOf = (folder: string, path: string): Required<RunOptions> => ({
  through: [join(folder, 'ld-linux-x86-64.so.2'), '--library-path', folder],
  env: { VIFSCOPE_LIBBPF: path },
});

/** Where Debian keeps the C library and its loader. */
const hostsLibraries = '/usr/lib/x86_64-linux-gnu';

/**
 * A program that is started by another loader than the host's has that loader as its executable, and would run that
 * anew. So where the folder has a C library of its own, it takes the place of the host's, in a mount namespace.
 */
function asHosts(folder: string, path: string): string[] {
  const named = ['env', `LD_LIBRARY_PATH=${folder}`, `VIFSCOPE_LIBBPF=${path}`];
  if (!existsSync(join(folder, 'libc.so.6'))) return named;
  const cover = `mount -t overlay overlay -o lowerdir=${folder}:${hostsLibraries} ${hostsLibraries}`;
  return ['unshare', '--mount', '--propagation', 'slave', 'sh', '-c', `${cover} && exec "$0" "$@"`];
}
