// netperf's stream of datagrams beside our generator's at the same work: a call a packet, and a socket that is read.
import { endlessLoad } from '../load/ceiling.js';
import { Loader } from '../load/loader.js';
import { oneSize } from '../load/plan.js';
import type { BuiltPath } from '../path.js';
import { type Pinning, pin, pinGenerator } from '../pinning.js';
import type { Scope } from '../scope.js';
import { type Comparison, comparison } from './comparisons.js';
import type { Ground } from './ground.js';
import { netperf } from './netperf.js';
import { runTool, type ToolLoad } from './run.js';

/** It is in no release of Debian's main archive: nothing is compared where it isn't installed. */
export async function compareStreams(
  { path, ground, pinning }: { readonly path: BuiltPath; readonly ground: Ground; readonly pinning: Pinning },
  { frameBytes, ...load }: ToolLoad & { readonly frameBytes: number },
  scope: Scope,
): Promise<Comparison[]> {
  const { figures, reason } = await runTool(netperf, ground, load, scope);
  if (reason !== null) {
    scope.progress(`without netperf: ${reason}`);
    return [];
  }
  const { sent, received } = await streamed(path, pinning, { frameBytes, seconds: load.seconds }, scope);
  const { packetsPerSecond: said, receivedPacketsPerSecond: given } = figures;
  return [
    ...comparison('netperf, packets/s sent', said, sent),
    ...comparison('netperf, packets/s received', given, received),
    ...comparison('netperf, its packets/s, counted', said, figures['countedPacketsPerSecond']),
  ];
}

/** Packets a second. */
async function streamed(
  path: BuiltPath,
  pinning: Pinning,
  { frameBytes, seconds }: { readonly frameBytes: number; readonly seconds: number },
  scope: Scope,
): Promise<Record<'sent' | 'received', number>> {
  const loader = await Loader.open(path, scope);
  try {
    pinGenerator(loader.pids.generator, pinning);
    pin(loader.pids.sink, pinning.others);
    const load = endlessLoad({ sizes: oneSize(frameBytes), flows: 1 }, seconds);
    const { generator, sink } = await loader.run(load, 'single');
    const sent = generator.reachedPacketsPerSecond;
    return { sent, received: (sent * sink.received) / generator.sent };
  } finally {
    await loader.close();
  }
}
