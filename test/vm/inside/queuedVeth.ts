// A veth pair whose sending end has a queue, which no veth has of its own accord.
import { runCommand } from '../../../src/bench/command.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { buildVeth } from '../../../src/bench/topologies/veth.js';

export async function buildQueuedVeth(scope: Scope): Promise<BuiltPath> {
  const path = await buildVeth(scope);
  for (const { netns, device, role } of path.devices)
    if (role === 'generator')
      await runCommand('tc', ['-n', netns, 'qdisc', 'add', 'dev', device, 'root', 'pfifo']);
  return path;
}
