// Host CPU time a packet at the rate, with vifscope off and on: each repeat between two readings of the CPU meter.
import { setTimeout as sleep } from 'node:timers/promises';
import { type CpuMeter, startCpuMeter } from '../cpu/meter.js';
import { type PacketCost, splitOf } from '../cpu/split.js';
import { type CpuTimes, timesBetween } from '../cpu/times.js';
import type { Loader } from '../load/loader.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';

const idleMs = 2_000;

export interface Delivered<T> {
  readonly delivered: number;
  /** CPU time that the generator spent waiting. */
  readonly waitingNs: number;
  readonly value: T;
}

export class CostMeter {
  readonly #meter: CpuMeter;
  readonly #idle: CpuTimes;

  /** Watches the host for two seconds while nothing is sent. */
  static async start(path: BuiltPath, loader: Loader, scope: Scope): Promise<CostMeter> {
    const { generator, sink } = loader.pids;
    const pathPids = path.middlePid === null ? [] : [path.middlePid];
    const meter = startCpuMeter({ generatorPid: generator, sinkPid: sink, pathPids });
    scope.cleanup.add('detach the CPU meter', () => meter.close());
    const before = meter.read();
    await sleep(idleMs, undefined, { signal: scope.signal });
    return new CostMeter(meter, timesBetween(before, meter.read()));
  }

  private constructor(meter: CpuMeter, idle: CpuTimes) {
    this.#meter = meter;
    this.#idle = idle;
  }

  /** @param work sends a load and says what came of it @param costs what it cost is added to them */
  async of<T>(work: () => Promise<Delivered<T>>, costs: (PacketCost | null)[]): Promise<T> {
    const before = this.#meter.read();
    const { value, ...packets } = await work();
    costs.push(splitOf(before, this.#meter.read(), packets, this.#idle));
    return value;
  }
}
