// A plan as the command line makes it, with the test's own load.
import { oneSize } from '../../../src/bench/load/plan.js';
import type { PathName } from '../../../src/bench/path.js';
import { type BenchPlan, presets } from '../../../src/bench/run/plan.js';

export const planOver = (path: PathName, changes: Partial<BenchPlan> = {}): BenchPlan => ({
  ...presets.quick,
  searches: 0,
  paths: [path],
  load: { packetsPerSecond: 10_000, durationSeconds: 1, sizes: oneSize(64), flows: 1, burst: 1 },
  journeysEvery: 64,
  pinning: null,
  forwarder: null,
  qdisc: null,
  runningGuest: null,
  guestQueues: 1,
  pairs: 1,
  hasScale: false,
  tools: false,
  ...changes,
});

/** For `tc qdisc add`: 64-byte frames at this rate, and so many wait. */
export const bucketOf = (packetsPerSecond: number, queuePackets: number, burstPackets = 32): string[] =>
  `tbf rate ${packetsPerSecond * 64 * 8}bit burst ${64 * burstPackets} limit ${queuePackets * 64}`.split(' ');
