// Reads the in-flight table: how many packets wait in each shard, counted in the table itself.
// Stamps older than any histogram can hold belong to packets that ended unseen: they are swept out here.
import * as abi from '../abi/layout.js';
import type { KernelMemory } from './memory.js';
import type { Sizes } from './sizes.js';

/** Bits of a stamp's word, low to high: 8 check, 16 shard, 40 start time. */
const shardShift = 8;
const shardMask = 0xffff;
const timeShift = 24;
const timeModulus = 2 ** 40;
const wordsAStamp = abi.stamp.size / 4;
const keyWord = abi.stamp.key.offset / 4;
const wordWord = abi.stamp.word.offset / 4;
const lockedKey = 1n;

/** Older stamps are of packets that ended where no hook could see it. */
const staleAfterNs = 68_000_000_000;

export interface InFlightCount {
  /** Packets that wait now, by shard. */
  readonly waiting: ReadonlyMap<number, number>;
  /** Stamps that this count has swept out as too old, by shard. */
  readonly swept: ReadonlyMap<number, number>;
}

export class InFlight {
  readonly #memory: Pick<KernelMemory, 'inFlight' | 'driverStacks'>;
  readonly #sizes: Sizes;
  constructor(memory: Pick<KernelMemory, 'inFlight' | 'driverStacks'>, sizes: Sizes) {
    this.#memory = memory;
    this.#sizes = sizes;
  }

  /** Counts the table and sweeps it. @param nowNs CLOCK_MONOTONIC, the clock of the stamps */
  count(nowNs: bigint = process.hrtime.bigint()): InFlightCount {
    const waiting = new Map<number, number>();
    const swept = new Map<number, number>();
    const now = Number(nowNs % BigInt(timeModulus));
    const { words32 } = this.#memory.inFlight;
    for (let at = 0; at < words32.length; at += wordsAStamp) {
      if (words32[at + keyWord] === 0 && words32[at + keyWord + 1] === 0) continue;
      const low = words32[at + wordWord] ?? 0;
      const high = words32[at + wordWord + 1] ?? 0;
      const shard = (low >>> shardShift) & shardMask;
      const startNs = high * 2 ** (32 - timeShift) + (low >>> timeShift);
      const ageNs = (now - startNs + timeModulus) % timeModulus;
      if (ageNs > staleAfterNs && ageNs < timeModulus / 2 && this.#sweep(at)) increment(swept, shard);
      else increment(waiting, shard);
    }
    this.#countDriverFrames(waiting);
    return { waiting, swept };
  }

  /** Takes out all stamps of these shards, whose device is gone. @returns how many of each */
  purge(shards: ReadonlySet<number>): ReadonlyMap<number, number> {
    const purged = new Map<number, number>();
    const { words32 } = this.#memory.inFlight;
    for (let at = 0; at < words32.length; at += wordsAStamp) {
      const shard = ((words32[at + wordWord] ?? 0) >>> shardShift) & shardMask;
      if (shards.has(shard) && this.#sweep(at)) increment(purged, shard);
    }
    return purged;
  }

  /** Whether a packet is under way on any device. */
  isAnyWaiting(): boolean {
    return [...this.count().waiting.keys()].some((shard) => shard >= abi.specialShard.n);
  }

  reset(): void {
    this.#memory.inFlight.bytes.fill(0);
    this.#memory.driverStacks.bytes.fill(0);
  }

  /** Takes a stamp out as the programs do, by compare-and-exchange of its key; false when one was faster. */
  #sweep(at: number): boolean {
    const { words64 } = this.#memory.inFlight;
    const index = (at + keyWord) / 2;
    const key = words64[index] ?? 0n;
    if (key === 0n || key === lockedKey) return false;
    return Atomics.compareExchange(words64, index, key, 0n) === key;
  }

  #countDriverFrames(waiting: Map<number, number>): void {
    const { view } = this.#memory.driverStacks;
    for (let cpu = 0; cpu < this.#sizes.cpus; cpu++) {
      const base = cpu * abi.driverStack.size;
      const depth = view.getUint32(base + abi.driverStack.depth.offset, true);
      for (let frame = 0; frame < depth; frame++) {
        const at = base + abi.driverStack.frames.offset + frame * abi.driverFrame.size;
        increment(waiting, Number(view.getBigUint64(at + abi.driverFrame.shard.offset, true)));
      }
    }
  }
}

function increment(counts: Map<number, number>, shard: number): void {
  counts.set(shard, (counts.get(shard) ?? 0) + 1);
}
