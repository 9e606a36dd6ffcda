// The bridge path, as containers have it: generator namespace — veth pair — bridge — veth pair — sink namespace.
import { runCommand } from '../command.js';
import { addNetns } from '../namespaces.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import { configureEnds, makeEnds } from './ends.js';

/** It neither asks nor answers: with snooping or spanning tree on, it would send packets of its own. */
const bridge = 'br0 type bridge mcast_snooping 0 stp_state 0 forward_delay 0'.split(' ');

export async function buildBridge(scope: Scope): Promise<BuiltPath> {
  const ends = await makeEnds('bridge', scope);
  const netns = await addNetns('bridge', 'middle', scope);
  const ip = (...args: string[]) => runCommand('ip', ['-n', netns, ...args]);
  const devices = { generator: 'veth0', sink: 'veth1' };
  const ports = { generator: 'port0', sink: 'port1' };
  await ip('link', 'add', ...bridge);
  for (const [role, end] of [
    ['generator', ends.generatorNetns],
    ['sink', ends.sinkNetns],
  ] as const) {
    const pair = ['link', 'add', ports[role], 'type', 'veth', 'peer', 'name', devices[role]];
    await ip(...pair, 'netns', end);
    await ip('link', 'set', ports[role], 'master', 'br0');
    await ip('link', 'set', ports[role], 'up');
  }
  await ip('link', 'set', 'br0', 'up');
  const built = await configureEnds(ends, devices, ends.addresses.sinkMac, scope);
  // The sink never sends, so the bridge can't learn where it is, and would flood.
  const entry = [ends.addresses.sinkMac, 'dev', ports.sink, 'master', 'static'];
  await runCommand('bridge', ['-n', netns, 'fdb', 'add', ...entry]);
  const [first, last] = built.devices;
  const middle = [ports.generator, ports.sink].map((device) => ({ netns, device, role: 'middle' as const }));
  return {
    ...built,
    devices: [...(first ? [first] : []), ...middle, ...(last ? [last] : [])],
    middlePid: null,
    middleFailure: () => null,
  };
}
