// The kernel's lists of CPUs ("0-3,8"), as in /sys/devices/system/cpu.
import { FormatError } from '../abi/formatError.js';

export interface CpuList {
  /** In order. */
  readonly numbers: readonly number[];
  /** How many CPUs are listed. */
  readonly count: number;
  /** The highest number plus one, which is how many entries an array indexed by CPU needs (nr_cpu_ids). */
  readonly indexCount: number;
}

/**
 * The extent of a list of ascending numbers and ranges; all zero for an empty one.
 * Throws FormatError for anything else. Source: lib/bitmap-str.c, bitmap_print_to_pagebuf.
 */
export function parseCpuList(text: string): CpuList {
  const numbers: number[] = [];
  let indexCount = 0;
  const trimmed = text.trim();
  for (const part of trimmed === '' ? [] : trimmed.split(',')) {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    const from = Number(first);
    const to = Number(last);
    // Also false for NaN.
    if (!(from >= indexCount && to >= from)) throw new FormatError(`"${trimmed}" is no list of CPUs`);
    for (let cpu = from; cpu <= to; cpu++) numbers.push(cpu);
    indexCount = to + 1;
  }
  return { numbers, count: numbers.length, indexCount };
}
