// Reads the drop counters: one row a shard, one count a kernel drop reason.
import * as abi from '../abi/layout.js';
import type { MappedMemory } from '../libbpf/memory.js';

/** Drops of one shard by the name of the reason; reasons without a drop are absent. */
export function dropsOf(
  memory: MappedMemory,
  shard: number,
  nameOf: (reason: number) => string,
): ReadonlyMap<string, number> {
  const first = (shard * abi.drops.size + abi.drops.counts.offset) / 4;
  const row = memory.words32.subarray(first, first + abi.limit.dropReasons);
  const counts = new Map<string, number>();
  row.forEach((count, reason) => {
    if (count > 0) counts.set(nameOf(reason), (counts.get(nameOf(reason)) ?? 0) + count);
  });
  return counts;
}
