// Names of network namespaces by inode number: what `ip netns` calls them, "host" for our own, else "net:[inode]".
import { readdirSync, statSync } from 'node:fs';
import { orNull } from './optionalFile.js';
import { hostPaths } from './paths.js';

/** Our own namespace, whatever else it is called. */
const OWN_NAME = 'host';

export class NetnsNames {
  readonly #directory: string;
  readonly #own: { readonly ino: number; readonly dev: number } | null;
  readonly #names = new Map<number, string>();

  constructor(paths = hostPaths()) {
    this.#directory = paths.namedNetns;
    this.#own = orNull(() => statSync(paths.ownNetns));
  }

  /**
   * The name of the namespace with this inode number, as it is now. The kernel gives the number of a namespace that
   * is gone to the next one, so a name is looked at again each time, and the directory is read again if it is wrong.
   */
  nameOf(netnsInum: number): string {
    if (netnsInum === this.#own?.ino) return OWN_NAME;
    const remembered = this.#names.get(netnsInum);
    if (remembered !== undefined && this.#inumOf(remembered) === netnsInum) return remembered;
    this.#readDirectory();
    return this.#names.get(netnsInum) ?? `net:[${netnsInum}]`;
  }

  #readDirectory(): void {
    this.#names.clear();
    const names = orNull(() => readdirSync(this.#directory)) ?? [];
    // Two names for one namespace: the first in order of the alphabet, so that it doesn't change under way.
    for (const name of names.sort().reverse()) {
      const inum = this.#inumOf(name);
      if (inum !== null) this.#names.set(inum, name);
    }
  }

  /** null for a name that is gone meanwhile, and for a file on which no namespace is mounted (yet, or any more). */
  #inumOf(name: string): number | null {
    const status = orNull(() => statSync(`${this.#directory}/${name}`));
    return status !== null && status.dev === this.#own?.dev ? status.ino : null;
  }
}
