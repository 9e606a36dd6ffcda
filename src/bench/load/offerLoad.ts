// One load over a built path, counted at both ends: what the demo and the development benchmarks need.
import { VifscopeError } from '../../errors.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import { Loader, type LoadResult } from './loader.js';
import { oneSize, sendPlanOf } from './plan.js';

export type { LoadResult };

export interface LoadOptions {
  readonly packetsPerSecond: number;
  readonly durationSeconds: number;
  /** Without the frame check sequence: 64 bytes are 14 of Ethernet and 50 of IP; on tun the 50 alone. */
  readonly frameBytes: number;
}

export const defaultLoad: Omit<LoadOptions, 'durationSeconds'> = {
  packetsPerSecond: 100_000,
  frameBytes: 64,
};

/** Offers the load, lets the path drain, and returns what both ends counted. */
export async function offerLoad(path: BuiltPath, options: LoadOptions, scope: Scope): Promise<LoadResult> {
  const { packetsPerSecond, durationSeconds, frameBytes } = options;
  const load = { packetsPerSecond, durationSeconds, sizes: oneSize(frameBytes), flows: 1, burst: 1 };
  // Impossible loads are refused before anything starts.
  sendPlanOf(load);
  const loader = await Loader.open(path, scope);
  try {
    return await loader.run(load);
  } finally {
    await loader.close();
  }
}

const priming: LoadOptions = { packetsPerSecond: 100, durationSeconds: 0.05, frameBytes: 64 };
const primingAttempts = 3;

/** Sends a few packets from end to end, so that every device of the path has seen traffic; fails if none arrives. */
export async function primePath(path: BuiltPath, scope: Scope): Promise<void> {
  for (let attempt = 0; attempt < primingAttempts; attempt++) {
    const { sink } = await offerLoad(path, priming, scope);
    if (sink.received > 0) return;
  }
  throw new VifscopeError({
    code: 'FAILED',
    operation: 'send packets over',
    object: `the ${path.name} path`,
    reason: `none of ${primingAttempts} × 5 packets came out at its end`,
    remedy: 'check for a packet filter that applies to new network namespaces',
  });
}
