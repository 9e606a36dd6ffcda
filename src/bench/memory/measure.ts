// What the kernel's side takes on hosts of so many CPUs: maps of those sizes are made here, and the kernel is asked.
import { readFileSync } from 'node:fs';
import { sightProgram } from '../../kernel/attach.js';
import { bpfObjectPathHere } from '../../kernel/bpfObjects.js';
import { prepareMemory } from '../../kernel/memory.js';
import { type MapName, mapBytes, mapNames, type Sizes, sizesFor } from '../../kernel/sizes.js';
import { BpfObject } from '../../libbpf/object.js';

export interface HostMemory {
  readonly sizes: Sizes;
  /** By the formula of sizes.ts. */
  readonly formulaBytes: Readonly<Record<MapName, number>>;
  /** As the kernel accounts for them. */
  readonly kernelBytes: Readonly<Record<MapName, number>>;
}

/** @param cpus possible ones; the maps are made as there, and freed again @throws LibbpfError where they are refused */
export function measureHost(cpus: number): HostMemory {
  const sizes = sizesFor(cpus);
  const object = BpfObject.open(bpfObjectPathHere());
  try {
    prepareMemory(object, sizes, []);
    // Any program: libbpf makes the maps when it loads one.
    object.select(sightProgram);
    object.load();
    const kernelBytes = Object.fromEntries(mapNames.map((map) => [map, chargedBytes(object.mapFd(map))]));
    return { sizes, formulaBytes: mapBytes(sizes), kernelBytes: kernelBytes as Record<MapName, number> };
  } finally {
    object.close();
  }
}

/** Documentation/filesystems/proc.rst: the line "memlock" of a map's descriptor. */
function chargedBytes(fd: number): number {
  const charged = /^memlock:\t(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
  if (charged === undefined) throw new Error(`the kernel does not tell what map ${fd} takes`);
  return Number(charged);
}
