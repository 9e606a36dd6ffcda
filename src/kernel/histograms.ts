// The histograms in kernel memory, mapped by windows when they are first read: there is room for many devices, most
// hosts have few, and what is mapped counts as the process's own memory as a whole.
import * as abi from '../abi/layout.js';
import { type MappedMemory, mapShared, pageBytes } from '../libbpf/memory.js';

/** So many histograms are whole pages. */
const histogramsAWindow = 64;
const windowBytes = histogramsAWindow * abi.histogram.size;
if (windowBytes % pageBytes !== 0) throw new Error('a window of histograms must be whole pages');

export class Histograms {
  readonly #fd: number;
  readonly #bytes: number;
  readonly #windows = new Map<number, MappedMemory>();

  /** @param fd of the array @param histograms its entries */
  constructor(fd: number, histograms: number) {
    this.#fd = fd;
    this.#bytes = histograms * abi.histogram.size;
  }

  /** The live counts of one histogram. */
  countsAt(index: number): Uint32Array {
    const window = this.#windowOf(Math.floor(index / histogramsAWindow));
    const first = ((index % histogramsAWindow) * abi.histogram.size + abi.histogram.counts.offset) / 4;
    return window.words32.subarray(first, first + abi.limit.histogramCounts);
  }

  unmap(): void {
    for (const window of this.#windows.values()) window.unmap();
    this.#windows.clear();
  }

  #windowOf(number: number): MappedMemory {
    const known = this.#windows.get(number);
    if (known) return known;
    const offset = number * windowBytes;
    const window = mapShared(this.#fd, Math.min(windowBytes, this.#bytes - offset), offset);
    this.#windows.set(number, window);
    return window;
  }
}
