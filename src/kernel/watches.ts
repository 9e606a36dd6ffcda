// What the programs are told while tracing: each segment's threshold, and how many slow packets a device may tell of.
import * as abi from '../abi/layout.js';
import type { MappedMemory } from '../libbpf/memory.js';

/** So many at once, and so many more with each refill. */
const mostBudget = 64;
const refill = 4;

const words = abi.watch.size / 4;
const budgetWord = abi.watch.budget.offset / 4;
const turnedAwayWord = abi.watch.turnedAway.offset / 4;

export class Watches {
  readonly #memory: MappedMemory;
  readonly #turnedAwayBefore = new Map<number, number>();

  constructor(memory: MappedMemory) {
    this.#memory = memory;
  }

  /** Longer waits of this shard are told of; null: none. */
  setThreshold(shard: number, ns: number | null): void {
    const at = (shard * abi.watch.size + abi.watch.thresholdNs.offset) / 8;
    Atomics.store(this.#memory.words64, at, BigInt(Math.max(0, Math.round(ns ?? 0))));
  }

  /** Lets a new device tell of as many as may be told at once. @param firstShard the device's */
  open(firstShard: number): void {
    Atomics.store(this.#memory.words32, firstShard * words + budgetWord, mostBudget);
  }

  /** Lets a device tell of a few more; to be called often and evenly. @param firstShard the device's */
  refill(firstShard: number): void {
    const { words32 } = this.#memory;
    const at = firstShard * words + budgetWord;
    // Two CPUs may have taken the last one: signed.
    const left = Atomics.load(words32, at) | 0;
    const more = Math.min(refill, mostBudget - left);
    if (more > 0) Atomics.add(words32, at, more);
  }

  /** Slow packets of a device that were not told of since the last call. @param firstShard the device's */
  takeTurnedAway(firstShard: number): number {
    const now = Atomics.load(this.#memory.words32, firstShard * words + turnedAwayWord);
    const before = this.#turnedAwayBefore.get(firstShard) ?? 0;
    this.#turnedAwayBefore.set(firstShard, now);
    return (now - before) >>> 0;
  }

  /** Forgets all of a shard, for another device. */
  clear(shard: number): void {
    this.#turnedAwayBefore.delete(shard);
    this.#memory.bytes.fill(0, shard * abi.watch.size, (shard + 1) * abi.watch.size);
  }
}
