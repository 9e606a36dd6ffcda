// A second veth pair for loads at the same time: between the two namespaces of a path of another kind.
import { addressesOf } from '../../../src/bench/addresses.js';
import { runCommand } from '../../../src/bench/command.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { configureEnds } from '../../../src/bench/topologies/ends.js';

/** Goes with the host path's namespaces. */
export async function addVethPair(
  { generatorNetns, sinkNetns }: BuiltPath,
  scope: Scope,
): Promise<BuiltPath> {
  const addresses = addressesOf('veth');
  const pair = ['link', 'add', 'veth2', 'type', 'veth', 'peer', 'name', 'veth3', 'netns', sinkNetns];
  await runCommand('ip', ['-n', generatorNetns, ...pair]);
  const ends = { path: 'veth', addresses, generatorNetns, sinkNetns } as const;
  const devices = { generator: 'veth2', sink: 'veth3' };
  const built = await configureEnds(ends, devices, addresses.sinkMac, scope);
  return { ...built, middlePid: null, middleFailure: () => null };
}
