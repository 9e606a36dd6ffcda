// Where things lie in the maps of bpf/softirq.bpf.o, as its own types say.
import { readFileSync } from 'node:fs';
import { type Btf, parseBtf } from '../../abi/btf.js';
import { findEnum } from '../../abi/btfEnum.js';
import { findStruct } from '../../abi/btfStruct.js';
import { elfSection } from '../../abi/elf.js';
import { FormatError } from '../../abi/formatError.js';

/** Sizes and offsets in bytes. */
export interface SoftirqLayout {
  readonly vectors: number;
  readonly mostProcesses: number;
  /** Places for threads on each CPU. */
  readonly threads: number;
  readonly cpu: Readonly<Record<'size' | 'unplaced_ns' | 'ns', number>>;
  readonly thread: Readonly<Record<'size' | 'runs' | 'tid' | 'tgid' | 'ns', number>>;
  readonly processes: Readonly<Record<'size' | 'count' | 'tgids', number>>;
}

/** @throws FormatError for another object */
export function readSoftirqLayout(objectPath: string): SoftirqLayout {
  const section = elfSection(readFileSync(objectPath), '.BTF');
  if (section === null) throw new FormatError(`${objectPath} has no types`);
  const btf = parseBtf(section);
  return {
    vectors: limitOf(btf, 'VS_SOFTIRQ_VECTORS'),
    mostProcesses: limitOf(btf, 'VS_SOFTIRQ_PROCESSES'),
    threads: limitOf(btf, 'VS_SOFTIRQ_THREADS'),
    cpu: offsetsOf(btf, 'vs_softirq_cpu', ['unplaced_ns', 'ns']),
    thread: offsetsOf(btf, 'vs_softirq_thread', ['runs', 'tid', 'tgid', 'ns']),
    processes: offsetsOf(btf, 'vs_softirq_processes', ['count', 'tgids']),
  };
}

function limitOf(btf: Btf, name: string): number {
  const value = findEnum(btf, 'vs_softirq_limit')?.values.get(name);
  if (typeof value !== 'number') throw new FormatError(`no number is called ${name}`);
  return value;
}

function offsetsOf<M extends string>(
  btf: Btf,
  struct: string,
  members: readonly M[],
): Readonly<Record<M | 'size', number>> {
  const type = findStruct(btf, struct);
  const offsets = members.map((name): [M, number] => {
    const member = type?.members.find((one) => one.name === name);
    if (member === undefined) throw new FormatError(`struct ${struct} has no member ${name}`);
    return [name, member.byteOffset];
  });
  return { ...Object.fromEntries(offsets), size: type?.sizeBytes ?? 0 } as Record<M | 'size', number>;
}
