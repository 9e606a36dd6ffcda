// The start of a path: a process that sends loads on their schedules.

import { generatorPort } from '../addresses.js';
import type { GeneratorInput, GeneratorResult, SendMethod, SendOrder } from '../children/messages.js';
import { NodeChild } from '../nodeChild.js';
import type { BuiltPath } from '../path.js';
import type { Load } from '../result/schema.js';
import type { Scope } from '../scope.js';
import { sendPlanOf } from './plan.js';

/** Beyond the load's own duration: what is overdue, and a host that is busy. */
const allowanceSeconds = 30;

/** For a generator at the start of a path. */
export const generatorInputOf = (path: BuiltPath): GeneratorInput => ({
  netns: path.generatorNetns,
  carrier: path.carrier,
  sourceAddress: path.generatorAddress,
  sourcePort: generatorPort,
  sinkAddresses: path.sinkAddresses ?? [path.sinkAddress],
  sinkPort: path.sinkPort,
});

export class Generator {
  readonly #child: NodeChild;

  static async start(input: GeneratorInput, scope: Scope): Promise<Generator> {
    return new Generator(await NodeChild.start('generator', input, scope));
  }

  private constructor(child: NodeChild) {
    this.#child = child;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a load. @param flow what its packets are known by @throws VifscopeError USAGE before anything is sent */
  send(load: Load, flow: number, method: SendMethod = 'adaptive'): Promise<GeneratorResult> {
    const order: SendOrder = { kind: 'send', flow, plan: sendPlanOf(load), method };
    this.#child.tell(order);
    return this.#child.result<GeneratorResult>(load.durationSeconds + allowanceSeconds);
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
