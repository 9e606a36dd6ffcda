// What the ends of all paths share: a namespace each, one address each, and a one-way route from left to right.
// The sink has no route back, so no answer, not even an ICMP error, can join the packets measured.
import { type Addresses, addressesOf, sinkPort } from '../addresses.js';
import { runCommand } from '../command.js';
import { addNetns } from '../namespaces.js';
import type { BuiltPath, PathName } from '../path.js';
import type { Scope } from '../scope.js';

export interface Ends {
  readonly path: PathName;
  readonly addresses: Addresses;
  readonly generatorNetns: string;
  readonly sinkNetns: string;
}

export async function makeEnds(path: PathName, scope: Scope): Promise<Ends> {
  const generatorNetns = await addNetns(path, 'generator', scope);
  const sinkNetns = await addNetns(path, 'sink', scope);
  return { path, addresses: addressesOf(path), generatorNetns, sinkNetns };
}

const ip = (netns: string, ...args: string[]) => runCommand('ip', ['-n', netns, ...args]);

/**
 * Brings both devices up with their addresses. `nextHopMac`: where Ethernet-like devices send to; null for tun.
 * A neighbour entry stands in for ARP, so that nothing but the load is ever sent.
 */
export async function configureEnds(
  ends: Ends,
  devices: { readonly generator: string; readonly sink: string },
  nextHopMac: string | null,
  scope: Scope,
): Promise<Omit<BuiltPath, 'middlePid' | 'middleFailure' | 'guest'>> {
  scope.signal.throwIfAborted();
  const { addresses, generatorNetns, sinkNetns } = ends;
  const { generator, sink } = devices;
  if (nextHopMac !== null) {
    await ip(generatorNetns, 'link', 'set', generator, 'address', addresses.generatorMac);
    await ip(sinkNetns, 'link', 'set', sink, 'address', addresses.sinkMac);
  }
  await ip(sinkNetns, 'address', 'add', `${addresses.sink}/32`, 'dev', sink);
  await ip(sinkNetns, 'link', 'set', sink, 'up');
  await ip(generatorNetns, 'address', 'add', `${addresses.generator}/32`, 'dev', generator);
  await ip(generatorNetns, 'link', 'set', generator, 'up');
  await ip(generatorNetns, 'route', 'add', `${addresses.sink}/32`, 'dev', generator);
  if (nextHopMac !== null) {
    const entry = [addresses.sink, 'lladdr', nextHopMac, 'dev', generator, 'nud', 'permanent'];
    await ip(generatorNetns, 'neighbour', 'add', ...entry);
  }
  return {
    name: ends.path,
    carrier: 'udp',
    generatorNetns,
    generatorAddress: addresses.generator,
    sinkNetns,
    devices: [
      { netns: generatorNetns, device: generator, role: 'generator' },
      { netns: sinkNetns, device: sink, role: 'sink' },
    ],
    sinkAddress: addresses.sink,
    sinkPort,
  };
}
