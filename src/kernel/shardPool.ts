// Hands out runs of shards: one a segment of a device, first fit.
import * as abi from '../abi/layout.js';

export class ShardPool {
  readonly #used: Uint8Array;

  constructor(shards: number) {
    this.#used = new Uint8Array(shards).fill(1, 0, abi.specialShard.n);
  }

  /** The first shard of a free run of this length, or null when there is none. */
  allocate(length: number): number | null {
    let run = 0;
    for (let shard = 0; shard < this.#used.length; shard++) {
      run = this.#used[shard] ? 0 : run + 1;
      if (run < length) continue;
      const first = shard - length + 1;
      this.#used.fill(1, first, first + length);
      return first;
    }
    return null;
  }

  release(first: number, length: number): void {
    this.#used.fill(0, first, first + length);
  }
}
