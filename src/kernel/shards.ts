// Reads the shards: one histogram and tally a device and segment, a copy a CPU, merged here.
// The kernel's 32-bit counters wrap, so what is handed on is always what has come since the last reading.
//
// A reading takes the tally first and the histogram after it: least and greatest wait by exchange, then the sum, then the
// counts. A program counts a sample before it raises the extremes, so what a reading finds raised it also finds
// counted; and what is counted while the histogram is read raises an extreme that is zero by then, which brings the next
// reading. With the histogram first, such a sample stayed unseen until another one came.
//
// A quick reading looks at the buckets between the two extremes alone. It may miss a sample: the program compares
// with the extremes by a plain load, which can pass its own store of the count. The next full reading finds it, for
// only buckets that were looked at are remembered as read.
import * as abi from '../abi/layout.js';
import type { Geometry } from '../measure/hdr.js';
import type { Increment } from '../measure/increment.js';
import { IncrementBuilder } from '../measure/incrementBuilder.js';
import type { KernelMemory } from './memory.js';
import { geometryOf, type Sizes } from './sizes.js';

const ends = ['dropped', 'expired', 'evicted', 'unmatched'] as const;
type End = (typeof ends)[number];

export interface ShardMemory extends Pick<KernelMemory, 'tallies'> {
  readonly histograms: Pick<KernelMemory['histograms'], 'countsAt'>;
}

/** full: every bucket. quick: those between the least and the greatest wait since the last reading. */
export type Depth = 'full' | 'quick';

/** What one CPU's copy of a shard held when it was last read. */
interface Copy {
  readonly live: Uint32Array;
  readonly counts: Uint32Array;
  /** The words of the tally; those of the extremes are zero, as a reading leaves them. */
  readonly tally: Uint32Array;
  sumNs: bigint;
  /** Read only quickly since the last full reading. */
  needsFullReading: boolean;
}

const allOnes = 0xffff_ffff_ffff_ffffn;
const tallyWords = abi.tally.size / 4;
const emptyTally = new Uint32Array(tallyWords);
const wordOf = (counter: End | 'started'): number => abi.tally[counter].offset / 4;
const sumWord = abi.tally.sumNs.offset / 4;

export class Shards {
  readonly #memory: ShardMemory;
  readonly #sizes: Sizes;
  readonly #geometry: Geometry;
  readonly #copies = new Map<number, Copy>();
  /** Started and not ended, by shard: packets under way as the counters have it. */
  readonly #outstanding: Float64Array;
  /** Used again for every shard: what a reading allocates costs it page faults. */
  readonly #indices: number[] = [];
  readonly #changed: number[] = [];
  readonly #builder: IncrementBuilder;

  constructor(memory: ShardMemory, sizes: Sizes) {
    this.#memory = memory;
    this.#sizes = sizes;
    this.#geometry = geometryOf(sizes);
    this.#builder = new IncrementBuilder(this.#geometry);
    this.#outstanding = new Float64Array(sizes.shards);
  }

  /**
   * What the shard has counted since the last call, null if nothing. To be called at least once in 2^32
   * packets of a shard and CPU. @param swept stamps of the shard that the reader itself has taken out as expired
   */
  collect(shard: number, swept = 0, depth: Depth = 'full'): Increment | null {
    const changed = this.#changed;
    changed.length = 0;
    for (const index of this.#indicesOf(shard)) if (this.#isChanged(index, depth)) changed.push(index);
    if (changed.length === 0 && swept === 0) return null;
    this.#builder.begin();
    this.#builder.addOutcome('expired', swept);
    // Ends before starts: so a packet that comes meanwhile is under way, and never ends without a start.
    for (const index of changed) this.#collectEnds(index, depth);
    for (const index of changed) this.#collectWord(index, 'started');
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

  /** Of the shard's copies, one a CPU. */
  #indicesOf(shard: number): readonly number[] {
    const { cpus, shards } = this.#sizes;
    for (let cpu = 0; cpu < cpus; cpu++) this.#indices[cpu] = cpu * shards + shard;
    return this.#indices;
  }

  #tallyAt(index: number): Uint8Array {
    return this.#memory.tallies.bytes.subarray(index * abi.tally.size, (index + 1) * abi.tally.size);
  }

  /** Every count, also a match, changes the tally: a histogram need not be read to know that nothing came. */
  #isChanged(index: number, depth: Depth): boolean {
    const copy = this.#copies.get(index);
    if (copy?.needsFullReading && depth === 'full') return true;
    const { words32 } = this.#memory.tallies;
    const before = copy?.tally ?? emptyTally;
    for (let word = 0; word < tallyWords; word++)
      if (words32[index * tallyWords + word] !== before[word]) return true;
    return false;
  }

  #collectEnds(index: number, depth: Depth): void {
    const copy = this.#copyAt(index);
    for (const end of ends) this.#collectWord(index, end);
    const extremesNs = this.#takeExtremes(index);
    for (const ns of extremesNs) this.#builder.stretch(ns);
    this.#collectSum(index, copy);
    copy.needsFullReading = depth === 'quick';
    const buckets = extremesNs.map((ns) => this.#geometry.indexOf(ns));
    if (depth === 'full') this.#collectCounts(copy, 0, this.#geometry.countsLength - 1);
    else if (buckets.length > 0) this.#collectCounts(copy, Math.min(...buckets), Math.max(...buckets));
  }

  #collectSum(index: number, copy: Copy): void {
    const sumNs = this.#memory.tallies.words64[(index * tallyWords + sumWord) / 2] ?? 0n;
    this.#builder.addSum(Number(sumNs - copy.sumNs));
    copy.sumNs = sumNs;
    copy.tally[sumWord] = Number(sumNs & 0xffff_ffffn);
    copy.tally[sumWord + 1] = Number(sumNs >> 32n);
  }

  /** The live counts move on while they are read: each is loaded once, and what was seen is counted and remembered. */
  #collectCounts({ live, counts }: Copy, first: number, last: number): void {
    for (let bucket = first; bucket <= last; bucket++) {
      const countNow = live[bucket] ?? 0;
      const countBefore = counts[bucket] ?? 0;
      // Most buckets are as they were: this one test is all they cost.
      if (countNow === countBefore) continue;
      this.#builder.addSamples(bucket, (countNow - countBefore) >>> 0);
      counts[bucket] = countNow;
    }
  }

  #collectWord(index: number, outcome: End | 'started'): void {
    const { tally } = this.#copyAt(index);
    const word = wordOf(outcome);
    const now = this.#memory.tallies.words32[index * tallyWords + word] ?? 0;
    this.#builder.addOutcome(outcome, (now - (tally[word] ?? 0)) >>> 0);
    tally[word] = now;
  }

  /** Least and greatest wait, as far as there are. Zero from now on, so that the next reading gets those of its own time. */
  #takeExtremes(index: number): number[] {
    const take = (offset: number) =>
      Atomics.exchange(this.#memory.tallies.words64, (index * abi.tally.size + offset) / 8, 0n);
    const maxNs = take(abi.tally.maxNs.offset);
    const minComplementNs = take(abi.tally.minComplementNs.offset);
    const extremesNs: number[] = [];
    if (maxNs !== 0n) extremesNs.push(Number(maxNs));
    if (minComplementNs !== 0n) extremesNs.push(Number(allOnes - minComplementNs));
    return extremesNs;
  }

  #copyAt(index: number): Copy {
    const known = this.#copies.get(index);
    if (known) return known;
    const copy: Copy = {
      live: this.#memory.histograms.countsAt(index),
      counts: new Uint32Array(this.#geometry.countsLength),
      tally: new Uint32Array(tallyWords),
      sumNs: 0n,
      needsFullReading: false,
    };
    this.#copies.set(index, copy);
    return copy;
  }
}
