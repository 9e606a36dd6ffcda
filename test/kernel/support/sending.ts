// Packets from a process of their own, from now on.
import type { GeneratorInput, GeneratorResult } from '../../../src/bench/children/messages.js';
import { Generator } from '../../../src/bench/load/generator.js';
import { oneSize } from '../../../src/bench/load/plan.js';
import type { Load } from '../../../src/bench/result/schema.js';
import type { Scope } from '../../../src/bench/scope.js';

export interface Sending {
  /** Once all is sent. */
  result(): Promise<GeneratorResult>;
  stop(): Promise<void>;
}

export async function startSending(
  input: GeneratorInput,
  load: Pick<Load, 'packetsPerSecond' | 'durationSeconds'>,
  scope: Scope,
): Promise<Sending> {
  const generator = await Generator.start(input, scope);
  const sent = generator.send({ ...load, sizes: oneSize(64), flows: 1, burst: 1 }, 1);
  // Who stops it does not wait for its result.
  sent.catch(() => {});
  return { result: () => sent, stop: () => generator.stop() };
}
