// Builds the paths that a benchmark sends packets over: one topology each, in network namespaces of its own.
import { VifscopeError } from '../errors.js';
import type { BuiltPath, PathName } from './path.js';
import type { Scope } from './scope.js';
import { buildBridge } from './topologies/bridge.js';
import { putQdisc, type QdiscKind } from './topologies/qdisc.js';
import { findRunningGuest, type RunningGuest } from './topologies/runningGuest.js';
import { buildTap } from './topologies/tap.js';
import { buildTun } from './topologies/tun.js';
import { buildVeth } from './topologies/veth.js';

export interface PathOptions {
  /** What carries packets on the tun path: a command with {in} and {out}; null for our own. */
  readonly forwarder?: string | null;
  /** In front of the generator's device; null: the path's own. */
  readonly qdisc?: QdiscKind | null;
  /** In place of a guest of our own. */
  readonly runningGuest?: RunningGuest | null;
  /** Of each device of a guest of our own, and as many CPUs. */
  readonly guestQueues?: number;
  /** Of veth devices, side by side. */
  readonly pairs?: number;
}

const builders: Record<PathName, (scope: Scope, options: PathOptions) => Promise<BuiltPath>> = {
  veth: (scope, { pairs = 1 }) => buildVeth(scope, pairs),
  bridge: buildBridge,
  tap: (scope, { runningGuest = null, guestQueues = 1 }) =>
    runningGuest ? findRunningGuest(runningGuest) : buildTap(scope, guestQueues),
  tun: (scope, { forwarder = null }) => buildTun(scope, forwarder),
};

/** Builds a path; what it makes is undone by `scope.cleanup`, also when building fails half-way. */
export async function buildPath(name: PathName, scope: Scope, options: PathOptions = {}): Promise<BuiltPath> {
  if (process.geteuid?.() !== 0) {
    throw new VifscopeError({
      code: 'UNSUPPORTED_HOST',
      operation: 'build',
      object: `the ${name} path`,
      reason: 'network namespaces and their devices can only be made by root',
      remedy: 'run it with sudo',
    });
  }
  scope.progress(`building the ${name} path`);
  const path = await builders[name](scope, options);
  if (options.qdisc) await putQdisc(path, options.qdisc);
  return path;
}
