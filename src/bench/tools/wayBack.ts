// For the time of a tool that talks both ways: the route back that paths are deliberately built without.
import { addressesOf } from '../addresses.js';
import { runCommand } from '../command.js';
import type { Scope } from '../scope.js';
import type { Ground } from './ground.js';

/** @returns a function that takes it back; the scope's clean-up does so too */
export async function addWayBack(
  { path, generator, sink }: Ground,
  scope: Scope,
): Promise<() => Promise<void>> {
  const ip = (...args: string[]) => runCommand('ip', ['-n', sink.netns, ...args]);
  const target = [`${generator.address}/32`, 'dev', sink.device];
  const { generatorMac } = addressesOf(path);
  const neighbour = [generator.address, 'lladdr', generatorMac, 'dev', sink.device, 'nud', 'permanent'];
  // "replace" and "flush" bear that it is there, or not there any more.
  const remove = scope.cleanup.add('take the way back from the sink', async () => {
    await ip('neighbour', 'flush', 'to', generator.address, 'dev', sink.device, 'nud', 'permanent');
    await ip('route', 'flush', ...target);
  });
  await ip('neighbour', 'replace', ...neighbour);
  await ip('route', 'replace', ...target);
  return remove;
}
