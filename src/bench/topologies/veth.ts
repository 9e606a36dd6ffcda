// The veth path: generator namespace — veth pair — sink namespace.
import { runCommand } from '../command.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import { configureEnds, makeEnds } from './ends.js';

export async function buildVeth(scope: Scope): Promise<BuiltPath> {
  const ends = await makeEnds('veth', scope);
  const devices = { generator: 'veth0', sink: 'veth1' };
  const pair = ['link', 'add', devices.generator, 'type', 'veth', 'peer', 'name', devices.sink];
  await runCommand('ip', ['-n', ends.generatorNetns, ...pair, 'netns', ends.sinkNetns]);
  return {
    ...(await configureEnds(ends, devices, ends.addresses.sinkMac, scope)),
    middlePid: null,
    middleFailure: () => null,
  };
}
