// What holds the programs in the kernel: hooks attached, memory mapped, by this process or by the one that it was
// before it replaced itself and gave up its privileges (same process id, same descriptors).
import { closeSync } from 'node:fs';
import { libbpfVersion } from '../libbpf/library.js';
import type { HookLine } from '../measure/snapshot.js';
import { attachHooks } from './attach.js';
import { bpfObjectPathHere } from './bpfObjects.js';
import { type Hook, hookLines, measurableSegments } from './hooks.js';
import { type KernelMemory, type MemoryFds, mapMemory, memoryFds, prepareMemory } from './memory.js';
import type { Sizes } from './sizes.js';

export interface Attachment {
  readonly memory: KernelMemory;
  readonly sizes: Sizes;
  readonly hooks: readonly HookLine[];
  /** The library that loaded the programs. */
  readonly libbpf: string;
  /** Detaches all and frees all. */
  close(): void;
}

/** All that a later process with the same descriptors needs to go on; plain data, to be passed as JSON. */
export interface Handover {
  readonly maps: MemoryFds;
  /** While one of these is open, its program stays attached. */
  readonly links: readonly number[];
  readonly sizes: Sizes;
  readonly hooks: readonly HookLine[];
  readonly libbpf: string;
}

export interface AttachOptions {
  readonly sizes: Sizes;
  readonly without?: readonly Hook[] | undefined;
  readonly objectPath?: string | undefined;
}

/** Loads and attaches here. @throws VifscopeError UNSUPPORTED_HOST or LIBRARY_MISSING */
export function attachHere(options: AttachOptions): Attachment {
  const { object, statuses } = load(options);
  const memory = mapMemory(memoryFds(object), options.sizes);
  return {
    memory,
    sizes: options.sizes,
    hooks: hookLines(statuses),
    libbpf: libbpfVersion(),
    close: () => {
      memory.unmap();
      object.close();
    },
  };
}

/** Loads and attaches for the process that this one becomes. @throws VifscopeError as attachHere() */
export function attachForHandover(options: AttachOptions): Handover {
  const { object, statuses } = load(options);
  return {
    maps: memoryFds(object),
    links: object.linkFds,
    sizes: options.sizes,
    hooks: hookLines(statuses),
    libbpf: libbpfVersion(),
  };
}

/** Goes on with what the process that this one was has attached. */
export function takeOver({ maps, links, sizes, hooks, libbpf }: Handover): Attachment {
  const memory = mapMemory(maps, sizes);
  return {
    memory,
    sizes,
    hooks,
    libbpf,
    close: () => {
      memory.unmap();
      for (const fd of [...links, ...Object.values(maps)]) closeSync(fd);
    },
  };
}

const load = ({ sizes, without, objectPath = bpfObjectPathHere() }: AttachOptions) =>
  attachHooks({
    objectPath,
    prepare: (object, statuses) => prepareMemory(object, sizes, measurableSegments(statuses)),
    isTracing: sizes.isTracing,
    without,
  });
