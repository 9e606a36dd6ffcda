// A test of the real service over a veth pair of its own; everything it makes is undone afterwards.
import type { ExecutionContext } from 'ava';
import { buildPath } from '../../../src/bench/buildPath.js';
import { generatorInputOf } from '../../../src/bench/load/generator.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { type ConfigSections, RunningDaemon } from '../../../src/bench/service/runDaemon.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';
import { type Sending, startSending } from '../../kernel/support/sending.js';

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
): Promise<Sending> {
  return startSending(generatorInputOf(path), { packetsPerSecond, durationSeconds }, scope);
}
