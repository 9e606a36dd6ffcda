// Reads the drop counters: one row a shard, one 32-bit count a kernel drop reason.
import * as abi from '../abi/layout.js';
import type { MappedMemory } from '../libbpf/memory.js';

export class Drops {
  readonly #memory: MappedMemory;
  readonly #last = new Map<number, Uint32Array>();

  constructor(memory: MappedMemory) {
    this.#memory = memory;
  }

  /** Hands over what the shard has counted since the last call: the number of the reason, and drops. */
  collect(shard: number, take: (reason: number, count: number) => void): void {
    const { words32 } = this.#memory;
    const first = firstWordOf(shard);
    const last = this.#lastOf(shard);
    for (let reason = 0; reason < abi.limit.dropReasons; reason++) {
      const now = words32[first + reason] ?? 0;
      const before = last[reason] ?? 0;
      if (now === before) continue;
      last[reason] = now;
      take(reason, (now - before) >>> 0);
    }
  }

  /** Sets a shard to zero, for another device. Only when no program writes to it any more. */
  clear(shard: number): void {
    const first = firstWordOf(shard);
    this.#memory.words32.fill(0, first, first + abi.limit.dropReasons);
    this.#last.delete(shard);
  }

  /** Sets all to zero. Only while nothing is measured. */
  reset(): void {
    this.#memory.bytes.fill(0);
    this.#last.clear();
  }

  #lastOf(shard: number): Uint32Array {
    const known = this.#last.get(shard);
    if (known) return known;
    const none = new Uint32Array(abi.limit.dropReasons);
    this.#last.set(shard, none);
    return none;
  }
}

const firstWordOf = (shard: number): number => (shard * abi.drops.size + abi.drops.counts.offset) / 4;
