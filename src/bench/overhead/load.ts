// The loads of a turn over one veth pair: one way as fast as the sender can, then round trips at a fixed rate.
import { setTimeout as sleep } from 'node:timers/promises';
import { figuresOf } from '../../measure/histogram.js';
import { buildPath } from '../buildPath.js';
import { busyNsBetween, readBusy } from '../cpu/busy.js';
import { endlessPacketsPerSecond } from '../load/ceiling.js';
import { together } from '../load/counts.js';
import { Loader } from '../load/loader.js';
import { oneSize } from '../load/plan.js';
import type { BuiltPath } from '../path.js';
import { type Pinning, pin, pinGenerator, pinOurselves } from '../pinning.js';
import type { Load } from '../result/schema.js';
import type { Scope } from '../scope.js';
import { groundOf } from '../tools/ground.js';
import { addWayBack } from '../tools/wayBack.js';

export interface LoadRate {
  readonly packetsPerSecond: number;
  readonly seconds: number;
  readonly frameBytes: number;
}

/** What came of one turn's loads. Times are of round trips, from the scheduled sending to the answer's arrival. */
export interface Loaded {
  readonly ceilingPacketsPerSecond: number;
  /** All CPUs' time for a round trip, without the generator's waiting; null where no answer came. */
  readonly cpuNs: number | null;
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
  readonly p999Ns: number | null;
  /** Round trips begun, and those that came back. */
  readonly sent: number;
  readonly answered: number;
  /** Packets that left the sender in both loads. */
  readonly packets: number;
  /** Of the CPUs' time, what the hypervisor took. */
  readonly stolenShare: number;
  /** Reached by the sender at the fixed rate. */
  readonly reachedPacketsPerSecond: number;
}

export class LoadGround {
  readonly path: BuiltPath;
  readonly #oneWay: Loader;
  readonly #roundTrips: Loader;
  /** CPU seconds a second that the host takes when nothing is sent. */
  readonly #idleCpus: number;
  readonly #rate: LoadRate;

  /** Builds the pair and starts what sends and receives; all of it is undone by the scope's clean-up. */
  static async open(rate: LoadRate, pinning: Pinning | null, scope: Scope): Promise<LoadGround> {
    if (pinning) pinOurselves(pinning, scope);
    const path = await buildPath('veth', scope);
    const ground = groundOf(path);
    if (ground === null) throw new Error('a veth path of our own has two ends');
    await addWayBack(ground, scope);
    // The other end's kernel answers by itself: no process there to be scheduled.
    const echo: BuiltPath = { ...path, carrier: 'echo', sinkNetns: path.generatorNetns };
    const oneWay = await Loader.open(path, scope);
    const roundTrips = await Loader.open(echo, scope, true);
    for (const { pids } of [oneWay, roundTrips])
      if (pinning) {
        pinGenerator(pids.generator, pinning);
        pin(pids.sink, pinning.others);
      }
    const before = readBusy();
    await sleep(idleMs, undefined, { signal: scope.signal });
    const after = readBusy();
    const idleCpus = busyNsBetween(before, after) / (after.atNs - before.atNs);
    return new LoadGround(path, oneWay, roundTrips, idleCpus, rate);
  }

  private constructor(path: BuiltPath, oneWay: Loader, roundTrips: Loader, idleCpus: number, rate: LoadRate) {
    this.path = path;
    this.#oneWay = oneWay;
    this.#roundTrips = roundTrips;
    this.#idleCpus = idleCpus;
    this.#rate = rate;
  }

  /** A few packets there and back, so that both devices have seen traffic. */
  async prime(): Promise<void> {
    await this.#roundTrips.run(this.#load(primingPacketsPerSecond, primingSeconds));
  }

  async run(): Promise<Loaded> {
    const { packetsPerSecond, seconds } = this.#rate;
    const fast = await this.#oneWay.run(this.#load(endlessPacketsPerSecond, seconds), 'batch');
    await sleep(settleMs);
    const before = readBusy();
    const { generator, sink } = await this.#roundTrips.run(this.#load(packetsPerSecond, seconds));
    const after = readBusy();
    const elapsedNs = after.atNs - before.atNs;
    const waitingNs = generator.waitingSeconds * 1e9;
    const busyNs = busyNsBetween(before, after) - elapsedNs * this.#idleCpus - waitingNs;
    const { p50Ns, p99Ns, p999Ns } = figuresOf(together(sink.latency ? [sink.latency] : []));
    return {
      ceilingPacketsPerSecond: fast.generator.reachedPacketsPerSecond,
      cpuNs: sink.received > 0 ? busyNs / sink.received : null,
      p50Ns,
      p99Ns,
      p999Ns,
      sent: generator.sent,
      answered: sink.received,
      packets: fast.generator.sent + generator.sent,
      stolenShare: (after.stolenNs - before.stolenNs) / (elapsedNs * after.cpus),
      reachedPacketsPerSecond: generator.reachedPacketsPerSecond,
    };
  }

  /** One way at the fixed rate. @returns packets that the sender's device was given */
  async sendOneWay(): Promise<number> {
    const { packetsPerSecond, seconds } = this.#rate;
    const { generator } = await this.#oneWay.run(this.#load(packetsPerSecond, seconds));
    return generator.sent;
  }

  /** Ends what sends and receives: the path is free for others. */
  async close(): Promise<void> {
    await this.#oneWay.close();
    await this.#roundTrips.close();
  }

  #load(packetsPerSecond: number, durationSeconds: number): Load {
    const sizes = oneSize(this.#rate.frameBytes);
    return { packetsPerSecond, durationSeconds, sizes, flows: 1, burst: 1 };
  }
}

const primingPacketsPerSecond = 200;
const primingSeconds = 0.1;
/** Long enough for steps of 10 ms to be a hundredth. */
const idleMs = 1_000;
/** What the first load has left in queues is gone by then. */
const settleMs = 50;
