// Reads the shards: one histogram and tally a device and segment, a copy a CPU, merged here.
// The kernel's 32-bit counters wrap, so what has come since the last reading is added to totals.
import * as abi from '../abi/layout.js';
import { addCountsSince, emptyLatencyCounts, type LatencyCounts } from '../measure/histogram.js';
import type { KernelMemory } from './memory.js';
import type { Sizes } from './sizes.js';

const outcomes = ['started', 'dropped', 'expired', 'evicted', 'unmatched'] as const;
type Outcome = (typeof outcomes)[number];

/** All that one shard has counted since the last reset; the object is updated by every collect(). */
export interface ShardTotals extends Record<Outcome, number> {
  readonly latency: LatencyCounts;
}

/** What one CPU's copy held at the last reading. */
interface Copy {
  readonly live: Uint32Array;
  last: Uint32Array<ArrayBuffer>;
  sumNs: bigint;
  readonly outcomes: Record<Outcome, number>;
}

const noOutcomes = (): Record<Outcome, number> => ({
  started: 0,
  dropped: 0,
  expired: 0,
  evicted: 0,
  unmatched: 0,
});
const allOnes = 0xffff_ffff_ffff_ffffn;

export class Shards {
  readonly #memory: Pick<KernelMemory, 'tallies' | 'histograms'>;
  readonly #sizes: Sizes;
  readonly #totals = new Map<number, ShardTotals>();
  readonly #copies = new Map<number, Copy>();
  /** One reading of a histogram: swapped with the copy's last one, so that no reading allocates. */
  #reading = new Uint32Array(abi.limit.histogramCounts);

  constructor(memory: Pick<KernelMemory, 'tallies' | 'histograms'>, sizes: Sizes) {
    this.#memory = memory;
    this.#sizes = sizes;
  }

  /** The shard's totals up to now. Call it at least once in 2^32 packets of a shard and CPU. */
  collect(shard: number): ShardTotals {
    const totals = this.#totals.get(shard) ?? { latency: emptyLatencyCounts(), ...noOutcomes() };
    this.#totals.set(shard, totals);
    for (let cpu = 0; cpu < this.#sizes.cpus; cpu++)
      this.#collectCopy(totals, cpu * this.#sizes.shards + shard);
    return totals;
  }

  /** Sets all shards to zero. Only while nothing is measured: an increment under way would survive. */
  reset(): void {
    this.#memory.tallies.bytes.fill(0);
    this.#memory.histograms.bytes.fill(0);
    this.#totals.clear();
    this.#copies.clear();
  }

  #collectCopy(totals: ShardTotals, index: number): void {
    const copy = this.#copyAt(index);
    const { view } = this.#memory.tallies;
    const base = index * abi.tally.size;
    for (const outcome of outcomes) {
      const now = view.getUint32(base + abi.tally[outcome].offset, true);
      totals[outcome] += (now - copy.outcomes[outcome]) >>> 0;
      copy.outcomes[outcome] = now;
    }
    // The live counts move on while they are read: only what one reading has seen is counted and remembered.
    const reading = this.#reading;
    reading.set(copy.live);
    const { latency } = totals;
    latency.total += addCountsSince(latency.counts, reading, copy.last);
    this.#reading = copy.last;
    copy.last = reading;
    const sumNs = view.getBigUint64(base + abi.tally.sumNs.offset, true);
    latency.sumNs += Number(sumNs - copy.sumNs);
    copy.sumNs = sumNs;
    const minComplementNs = view.getBigUint64(base + abi.tally.minComplementNs.offset, true);
    if (minComplementNs === 0n) return;
    const minNs = Number(allOnes - minComplementNs);
    const maxNs = Number(view.getBigUint64(base + abi.tally.maxNs.offset, true));
    latency.minNs = Math.min(latency.minNs ?? minNs, minNs);
    latency.maxNs = Math.max(latency.maxNs ?? maxNs, maxNs);
  }

  #copyAt(index: number): Copy {
    const known = this.#copies.get(index);
    if (known) return known;
    const first = (index * abi.histogram.size + abi.histogram.counts.offset) / 4;
    const copy: Copy = {
      live: this.#memory.histograms.words32.subarray(first, first + abi.limit.histogramCounts),
      last: new Uint32Array(abi.limit.histogramCounts),
      sumNs: 0n,
      outcomes: noOutcomes(),
    };
    this.#copies.set(index, copy);
    return copy;
  }
}
