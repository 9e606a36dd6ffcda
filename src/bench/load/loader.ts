// Both ends of a path, kept over many loads: to start two Node processes takes longer than many a load lasts.
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GeneratorResult, SendMethod, SinkInput, SinkResult } from '../children/messages.js';
import { NodeChild } from '../nodeChild.js';
import { frameLimits, payloadBytesOf } from '../packet.js';
import type { BuiltPath } from '../path.js';
import type { Load } from '../result/schema.js';
import type { Scope } from '../scope.js';
import { Generator, generatorInputOf } from './generator.js';
import { checkMiddle } from './middle.js';
import { sendPlanOf } from './plan.js';

export interface LoadResult {
  readonly generator: GeneratorResult;
  readonly sink: SinkResult;
}

/** A forwarder's devices go with it, and its end is told after theirs. */
const middleEndMs = 300;

/** What the ends saw of a dead middle is only its consequence. @throws VifscopeError FAILED where that is the cause */
async function causeOf(error: unknown, path: BuiltPath, { signal }: Scope): Promise<unknown> {
  if (signal.aborted) return error;
  await sleep(middleEndMs);
  checkMiddle(path);
  return error;
}

/** The sink's drain, and a host that is busy. */
const allowanceSeconds = 30;

export class Loader {
  readonly #path: BuiltPath;
  readonly #scope: Scope;
  readonly #generator: Generator;
  readonly #sink: NodeChild;

  /** Starts both ends. @param countsArrivals whether the kernel counts when packets arrive: takes a BPF program */
  static async open(path: BuiltPath, scope: Scope, countsArrivals = false): Promise<Loader> {
    const { carrier, sinkAddress, sinkAddresses, sinkPort } = path;
    // Replies come to where the requests came from.
    const isEcho = carrier === 'echo';
    const sinkInput: SinkInput = {
      netns: path.sinkNetns,
      carrier,
      address: isEcho ? path.generatorAddress : sinkAddresses ? '0.0.0.0' : sinkAddress,
      port: isEcho ? 0 : sinkPort,
      mostPayloadBytes: payloadBytesOf(frameLimits.maxBytes),
      countsArrivals,
    };
    let sink: NodeChild | null = null;
    try {
      sink = await NodeChild.start('sink', sinkInput, scope);
      return new Loader(path, scope, await Generator.start(generatorInputOf(path), scope), sink);
    } catch (error) {
      await sink?.stop();
      throw await causeOf(error, path, scope);
    }
  }

  private constructor(path: BuiltPath, scope: Scope, generator: Generator, sink: NodeChild) {
    this.#path = path;
    this.#scope = scope;
    this.#generator = generator;
    this.#sink = sink;
  }

  /** Process ids, whose CPU time is not the path's. */
  get pids(): { readonly generator: number; readonly sink: number } {
    return { generator: this.#generator.pid, sink: this.#sink.pid };
  }

  /** Offers the load, lets the path drain, and returns what both ends counted. @throws VifscopeError USAGE, FAILED */
  async run(load: Load, method: SendMethod = 'adaptive'): Promise<LoadResult> {
    const { packets } = sendPlanOf(load);
    // Not 0, so that a stray packet of zeros is nobody's.
    const flow = randomInt(1, 2 ** 32);
    try {
      this.#sink.tell({ kind: 'receive', flow, packets });
      await this.#sink.result(allowanceSeconds);
      const generator = await this.#generator.send(load, flow, method);
      this.#sink.tell({ kind: 'finish', turns: generator.turns, sent: generator.sent });
      const sink = await this.#sink.result<SinkResult>(allowanceSeconds);
      checkMiddle(this.#path);
      return { generator, sink };
    } catch (error) {
      throw await causeOf(error, this.#path, this.#scope);
    }
  }

  async close(): Promise<void> {
    await this.#generator.stop();
    await this.#sink.stop();
  }
}
