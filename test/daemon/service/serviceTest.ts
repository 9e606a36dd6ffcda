// A test of the real service over a veth pair of its own; everything it makes is undone afterwards.
import type { ExecutionContext } from 'ava';
import { addressesOf, generatorPort } from '../../../src/bench/addresses.js';
import { buildPath } from '../../../src/bench/buildPath.js';
import { NodeChild } from '../../../src/bench/nodeChild.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { type ConfigSections, RunningDaemon } from '../../../src/bench/service/runDaemon.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';

export interface Stage {
  readonly daemon: RunningDaemon;
  readonly path: BuiltPath;
  readonly scope: Scope;
}

type Body = (t: ExecutionContext, stage: Stage) => Promise<void>;

/** Measures the devices of the path, unless the sections say otherwise. */
export function serviceTest(title: string, sections: ConfigSections, body: Body): void {
  kernelTest(title, [], async (t, scope) => {
    const path = await buildPath('veth', scope);
    const include = path.devices.map(({ netns, device }) => `${netns}/${device}`);
    const daemon = await RunningDaemon.start({ devices: { include }, ...sections }, scope);
    await body(t, { daemon, path, scope });
    await daemon.stop();
  });
}

/** Packets over the path for so long; wait for its result(), or stop it. */
export function startLoad(
  { path, scope }: Stage,
  packetsPerSecond: number,
  durationSeconds: number,
): Promise<NodeChild> {
  const input = {
    netns: path.generatorNetns,
    sourceAddress: addressesOf(path.name).generator,
    sourcePort: generatorPort,
    sinkAddress: path.sinkAddress,
    sinkPort: path.sinkPort,
    flow: 1,
    packetsPerSecond,
    durationSeconds,
    payloadBytes: 22,
  };
  return NodeChild.start('generator', input, scope);
}
