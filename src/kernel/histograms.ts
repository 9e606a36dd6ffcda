// The histograms in kernel memory, mapped by windows when they are first read: there is room for many devices, most
// hosts have few, and what is mapped counts as the process's own memory as a whole.
import { type MappedMemory, mapShared, pageBytes } from '../libbpf/memory.js';

/** So many histograms of any geometry are whole pages. */
const histogramsAWindow = 64;

export class Histograms {
  readonly #fd: number;
  readonly #bytes: number;
  readonly #bytesEach: number;
  readonly #windowBytes: number;
  readonly #windows = new Map<number, MappedMemory>();

  /** @param fd of the array @param histograms its entries @param bytesEach of an entry, counts of 32 bits */
  constructor(fd: number, histograms: number, bytesEach: number) {
    this.#fd = fd;
    this.#bytes = histograms * bytesEach;
    this.#bytesEach = bytesEach;
    this.#windowBytes = histogramsAWindow * bytesEach;
    if (this.#windowBytes % pageBytes !== 0) throw new Error('a window of histograms must be whole pages');
  }

  /** The live counts of one histogram. */
  countsAt(index: number): Uint32Array {
    const window = this.#windowOf(Math.floor(index / histogramsAWindow));
    const first = ((index % histogramsAWindow) * this.#bytesEach) / 4;
    return window.words32.subarray(first, first + this.#bytesEach / 4);
  }

  unmap(): void {
    for (const window of this.#windows.values()) window.unmap();
    this.#windows.clear();
  }

  #windowOf(number: number): MappedMemory {
    const known = this.#windows.get(number);
    if (known) return known;
    const offset = number * this.#windowBytes;
    const window = mapShared(this.#fd, Math.min(this.#windowBytes, this.#bytes - offset), offset);
    this.#windows.set(number, window);
    return window;
  }
}
