// The verbs of the hooks, run by the kernel on demand over real maps of the sizes that the service has.
import * as abi from '../../abi/layout.js';
import { reasonOf, VifscopeError } from '../../errors.js';
import { readPossibleCpus } from '../../host/facts.js';
import { bpfObjectPath } from '../../kernel/bpfObjects.js';
import { type KernelMemory, mapMemory, memoryFds, prepareMemory } from '../../kernel/memory.js';
import { type Sizes, sizesFor } from '../../kernel/sizes.js';
import { BpfObject } from '../../libbpf/object.js';
import { runRawTracepoint } from '../../libbpf/testRun.js';
import type { Scope } from '../scope.js';

export const verbs = ['nothing', 'clock', 'bucket', 'start', 'sample', 'stamp'] as const;
export type Verb = (typeof verbs)[number];

/** Of those that a device can have. */
export const firstShard = abi.specialShard.n;

export interface VerbRun {
  readonly verb: Verb;
  /** In flight at a time; of `stamp` alone. */
  readonly packets?: number;
  /** Counted in turn; of `start` and `sample`. */
  readonly shards?: number;
}

/** A multiple of twice every number of packets in flight, so that each run finds what the one before has left. */
export const timesARun = 200_000;

export class KernelSide {
  readonly sizes: Sizes;
  readonly memory: KernelMemory;
  readonly #object: BpfObject;

  /** @param shards that can be counted in @throws VifscopeError UNSUPPORTED_HOST where the kernel takes no such program */
  static open(shards: number, scope: Scope): KernelSide {
    const object = BpfObject.open(bpfObjectPath('parts'));
    scope.cleanup.add('unload the parts', () => object.close());
    const sizes = sizesFor(readPossibleCpus(), { shards: shards + firstShard });
    try {
      prepareMemory(object, sizes, []);
      for (const verb of verbs) object.select(programOf(verb));
      object.load();
      return new KernelSide(object, sizes);
    } catch (error) {
      throw new VifscopeError({
        code: 'UNSUPPORTED_HOST',
        operation: 'load',
        object: 'the programs of bench:parts',
        reason: reasonOf(error),
        remedy: 'run as root, on kernel 5.17 or newer',
        cause: error,
      });
    }
  }

  private constructor(object: BpfObject, sizes: Sizes) {
    this.#object = object;
    this.sizes = sizes;
    this.memory = mapMemory(memoryFds(object), sizes);
  }

  /** @returns ns a call, the loop's own included */
  run({ verb, packets = 0, shards = 0 }: VerbRun, times = timesARun): number {
    const fd = this.#object.programFd(programOf(verb));
    return runRawTracepoint(fd, [BigInt(times), BigInt(packets), BigInt(shards)]) / times;
  }
}

const programOf = (verb: Verb): string => `part_${verb}`;
