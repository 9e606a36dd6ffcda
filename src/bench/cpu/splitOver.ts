// What a packet costs over the repeats of a load. Pure.
import { type CpuPart, type CpuSplit, cpuParts, type Spread } from '../result/schema.js';
import { spreadOf } from '../result/spread.js';
import type { PacketCost } from './split.js';

/** @returns null where no repeat delivered a packet */
export function splitOver(repeats: readonly (PacketCost | null)[]): CpuSplit | null {
  const costs = repeats.filter((cost) => cost !== null);
  const [first] = costs;
  if (!first) return null;
  const spreads = (of: (cost: PacketCost) => Readonly<Record<string, number>>) => {
    const names = [...new Set(costs.flatMap((cost) => Object.keys(of(cost))))];
    // What a repeat does not name took nothing in it.
    return Object.fromEntries(
      names.map((name) => [name, spreadOf(costs.map((cost) => of(cost)[name] ?? 0))]),
    );
  };
  return {
    total: spreadOf(costs.map(({ total }) => total)),
    waiting: spreadOf(costs.map(({ waiting }) => waiting)),
    parts: Object.fromEntries(
      cpuParts.map((part) => [part, spreadOf(costs.map(({ parts }) => parts[part]))]),
    ) as Record<CpuPart, Spread>,
    softirqs: spreads(({ softirqs }) => softirqs),
    threads: spreads(({ threads }) => threads),
    idleCpus: first.idleCpus,
  };
}
