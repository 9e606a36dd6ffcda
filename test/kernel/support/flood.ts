// Packets as fast as one process can send them, to a port that nobody listens on.
import { generatorPort, sinkPort } from '../../../src/bench/addresses.js';
import { Generator, generatorInputOf } from '../../../src/bench/load/generator.js';
import { oneSize } from '../../../src/bench/load/plan.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';

/** More than one process can send, so that it never waits. */
const packetsPerSecond = 1_000_000;

/** @param lane 1, 2, 3 …: floods at the same time need one each, for a source port of their own */
export async function flood(
  path: BuiltPath,
  lane: number,
  durationSeconds: number,
  scope: Scope,
): Promise<number> {
  const input = {
    ...generatorInputOf(path),
    sourcePort: generatorPort + 1_000 + lane,
    sinkPort: sinkPort + 1_000,
  };
  const generator = await Generator.start(input, scope);
  try {
    const load = { packetsPerSecond, durationSeconds, sizes: oneSize(64), flows: 1, burst: 1 };
    const { sent } = await generator.send(load, lane);
    return sent;
  } finally {
    await generator.stop();
  }
}
