// Builds the paths that a benchmark sends packets over: one topology each, in network namespaces of its own.
import { VifscopeError } from '../errors.js';
import type { BuiltPath, PathName } from './path.js';
import type { Scope } from './scope.js';
import { buildTap } from './topologies/tap.js';
import { buildTun } from './topologies/tun.js';
import { buildVeth } from './topologies/veth.js';

const builders: Record<PathName, (scope: Scope) => Promise<BuiltPath>> = {
  veth: buildVeth,
  tap: buildTap,
  tun: buildTun,
};

/** Builds a path; what it makes is undone by `scope.cleanup`, also when building fails half-way. */
export async function buildPath(name: PathName, scope: Scope): Promise<BuiltPath> {
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
  return builders[name](scope);
}
