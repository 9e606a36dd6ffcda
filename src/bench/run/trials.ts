// One trial after the other over one path: the load, and what the path's counters say of drops.
import { placeDrops } from '../drops/placeDrops.js';
import { readPathCounters } from '../drops/readCounters.js';
import type { Loader } from '../load/loader.js';
import { methodFor, type Trial, trialOf } from '../load/trial.js';
import type { BuiltPath } from '../path.js';
import type { Load, PlacedDrop } from '../result/schema.js';
import { roleOf } from './roles.js';

const warmUpSeconds = 0.2;

export class Trials {
  readonly path: BuiltPath;
  readonly loader: Loader;
  /** What the generator reaches alone. */
  readonly generatorPacketsPerSecond: number;

  constructor(path: BuiltPath, loader: Loader, generatorPacketsPerSecond: number) {
    this.path = path;
    this.loader = loader;
    this.generatorPacketsPerSecond = generatorPacketsPerSecond;
  }

  /** Uncounted: whatever is slow at first (a route, a cache, a CPU that slept) is over by the trial. */
  async warmUp(load: Load): Promise<void> {
    const durationSeconds = Math.min(load.durationSeconds, warmUpSeconds);
    await this.loader.run({ ...load, durationSeconds }, methodFor(load));
  }

  /** The path is empty when its counters are read: before, and after it has drained. */
  async run(load: Load): Promise<Trial> {
    const before = await readPathCounters(this.path.devices);
    const result = await this.loader.run(load, methodFor(load));
    const drops = placeDrops(before, await readPathCounters(this.path.devices));
    return trialOf(load, result, this.inRoles(drops));
  }

  /** Namespaces by their role, which is the same in every run. */
  inRoles(drops: readonly PlacedDrop[]): PlacedDrop[] {
    return drops.map((drop) => ({ ...drop, netns: roleOf(drop.netns, this.path) }));
  }
}
