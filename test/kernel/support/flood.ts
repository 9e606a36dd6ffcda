// Packets as fast as one process can send them, to a port that nobody listens on.
import { addressesOf, generatorPort, sinkPort } from '../../../src/bench/addresses.js';
import type { GeneratorInput, GeneratorResult } from '../../../src/bench/children/messages.js';
import { NodeChild } from '../../../src/bench/nodeChild.js';
import { payloadBytesOf } from '../../../src/bench/packet.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';

/** More than one process can send, so that it never waits. */
const packetsPerSecond = 1_000_000;
const startLimitSeconds = 20;

/** @param lane 1, 2, 3 …: floods at the same time need one each, for a source port of their own */
export async function flood(
  path: BuiltPath,
  lane: number,
  durationSeconds: number,
  scope: Scope,
): Promise<number> {
  const input: GeneratorInput = {
    netns: path.generatorNetns,
    sourceAddress: addressesOf(path.name).generator,
    sourcePort: generatorPort + 1_000 + lane,
    sinkAddress: path.sinkAddress,
    sinkPort: sinkPort + 1_000,
    flow: lane,
    packetsPerSecond,
    durationSeconds,
    payloadBytes: payloadBytesOf(64),
  };
  const generator = await NodeChild.start('generator', input, scope);
  try {
    const { sent } = await generator.result<GeneratorResult>(durationSeconds + startLimitSeconds);
    return sent;
  } finally {
    await generator.stop();
  }
}
