// Reads the shards: one histogram and tally a device and segment, a copy a CPU, merged here.
// The kernel's 32-bit counters wrap, so what is handed on is always what has come since the last reading.
import * as abi from '../abi/layout.js';
import type { Increment } from '../measure/increment.js';
import { IncrementBuilder } from '../measure/incrementBuilder.js';
import type { KernelMemory } from './memory.js';
import type { Sizes } from './sizes.js';

const ends = ['dropped', 'expired', 'evicted', 'unmatched'] as const;
type End = (typeof ends)[number];

export interface ShardMemory extends Pick<KernelMemory, 'tallies'> {
  readonly histograms: Pick<KernelMemory['histograms'], 'countsAt'>;
}

/** What one CPU's copy of a shard held at the last reading. */
interface Copy {
  readonly live: Uint32Array;
  last: Uint32Array<ArrayBuffer>;
  sumNs: bigint;
  started: number;
  readonly ended: Record<End, number>;
}

const allOnes = 0xffff_ffff_ffff_ffffn;
const tallyWord = (field: { readonly offset: number }): number => field.offset / 4;
const startedWord = tallyWord(abi.tally.started);

export class Shards {
  readonly #memory: ShardMemory;
  readonly #sizes: Sizes;
  readonly #copies = new Map<number, Copy>();
  /** Started and not ended, by shard: packets under way as the counters have it. */
  readonly #outstanding: Float64Array;
  /** One reading of a histogram: swapped with the copy's last one, so that no reading allocates. */
  #reading = new Uint32Array(abi.limit.histogramCounts);
  readonly #builder = new IncrementBuilder();

  constructor(memory: ShardMemory, sizes: Sizes) {
    this.#memory = memory;
    this.#sizes = sizes;
    this.#outstanding = new Float64Array(sizes.shards);
  }

  /**
   * What the shard has counted since the last call, null if nothing. To be called at least once in 2^32
   * packets of a shard and CPU. @param swept stamps of the shard that the reader itself has taken out as expired
   */
  collect(shard: number, swept = 0): Increment | null {
    const changed = this.#changedCopies(shard);
    if (changed.length === 0 && swept === 0) return null;
    this.#builder.begin();
    this.#builder.addOutcome('expired', swept);
    // Ends before starts: so a packet that comes meanwhile is under way, and never ends without a start.
    for (const index of changed) this.#collectEnds(index);
    for (const index of changed) this.#collectStarts(index);
    const increment = this.#builder.finish();
    const { started, matched, dropped, expired, evicted } = increment;
    const outstanding = this.#outstanding[shard] ?? 0;
    this.#outstanding[shard] = outstanding + started - matched - dropped - expired - evicted;
    return increment;
  }

  /** Packets that have started and not ended, as the counters have it. */
  outstanding(shard: number): number {
    return this.#outstanding[shard] ?? 0;
  }

  /** Sets a shard to zero, for another device. Only when no program writes to it any more. */
  clear(shard: number): void {
    for (const index of this.#indicesOf(shard)) {
      const tally = this.#tallyAt(index);
      // Whatever is counted shows in the tally: an empty one has an empty histogram.
      if (tally.every((byte) => byte === 0)) continue;
      tally.fill(0);
      this.#memory.histograms.countsAt(index).fill(0);
      this.#copies.delete(index);
    }
    this.#outstanding[shard] = 0;
  }

  /** Sets all shards to zero. Only while nothing is measured: an increment under way would survive. */
  reset(): void {
    for (let shard = 0; shard < this.#sizes.shards; shard++) this.clear(shard);
  }

  #indicesOf(shard: number): number[] {
    return Array.from({ length: this.#sizes.cpus }, (_, cpu) => cpu * this.#sizes.shards + shard);
  }

  #tallyAt(index: number): Uint8Array {
    return this.#memory.tallies.bytes.subarray(index * abi.tally.size, (index + 1) * abi.tally.size);
  }

  /** Every count, also a match, changes the tally: a histogram need not be read to know that nothing came. */
  #changedCopies(shard: number): number[] {
    const { words32, view } = this.#memory.tallies;
    return this.#indicesOf(shard).filter((index) => {
      const copy = this.#copies.get(index);
      const base = index * (abi.tally.size / 4);
      const isAsBefore = (field: { readonly offset: number }, before: number) =>
        words32[base + tallyWord(field)] === before;
      return !(
        isAsBefore(abi.tally.started, copy?.started ?? 0) &&
        ends.every((end) => isAsBefore(abi.tally[end], copy?.ended[end] ?? 0)) &&
        view.getBigUint64(index * abi.tally.size + abi.tally.sumNs.offset, true) === (copy?.sumNs ?? 0n) &&
        view.getBigUint64(index * abi.tally.size + abi.tally.minComplementNs.offset, true) === 0n
      );
    });
  }

  #collectEnds(index: number): void {
    const copy = this.#copyAt(index);
    const { words32, view } = this.#memory.tallies;
    for (const end of ends) {
      const now = words32[index * (abi.tally.size / 4) + tallyWord(abi.tally[end])] ?? 0;
      this.#builder.addOutcome(end, (now - copy.ended[end]) >>> 0);
      copy.ended[end] = now;
    }
    this.#collectHistogram(copy);
    const sumNs = view.getBigUint64(index * abi.tally.size + abi.tally.sumNs.offset, true);
    this.#builder.addSum(Number(sumNs - copy.sumNs));
    copy.sumNs = sumNs;
    const minComplementNs = this.#takeExtreme(index, abi.tally.minComplementNs.offset);
    if (minComplementNs !== 0n) this.#builder.lower(Number(allOnes - minComplementNs));
    const maxNs = this.#takeExtreme(index, abi.tally.maxNs.offset);
    if (maxNs !== 0n) this.#builder.raise(Number(maxNs));
  }

  /** The live counts move on while they are read: only what one reading has seen is counted and remembered. */
  #collectHistogram(copy: Copy): void {
    const now = this.#reading;
    const before = copy.last;
    now.set(copy.live);
    for (let bucket = 0; bucket < now.length; bucket++) {
      const countNow = now[bucket];
      const countBefore = before[bucket];
      // Most buckets are as they were: this one test is all they cost.
      if (countNow === countBefore) continue;
      this.#builder.addSamples(bucket, ((countNow ?? 0) - (countBefore ?? 0)) >>> 0);
    }
    this.#reading = before;
    copy.last = now;
  }

  #collectStarts(index: number): void {
    const copy = this.#copyAt(index);
    const now = this.#memory.tallies.words32[index * (abi.tally.size / 4) + startedWord] ?? 0;
    this.#builder.addOutcome('started', (now - copy.started) >>> 0);
    copy.started = now;
  }

  /** Zero from now on, so that the next reading gets the extreme of its own time. */
  #takeExtreme(index: number, offset: number): bigint {
    return Atomics.exchange(this.#memory.tallies.words64, (index * abi.tally.size + offset) / 8, 0n);
  }

  #copyAt(index: number): Copy {
    const known = this.#copies.get(index);
    if (known) return known;
    const copy: Copy = {
      live: this.#memory.histograms.countsAt(index),
      last: new Uint32Array(abi.limit.histogramCounts),
      sumNs: 0n,
      started: 0,
      ended: { dropped: 0, expired: 0, evicted: 0, unmatched: 0 },
    };
    this.#copies.set(index, copy);
    return copy;
  }
}
