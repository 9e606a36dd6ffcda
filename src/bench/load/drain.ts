// Where a sender is measured alone: a tun that nobody reads, which frees every packet once it is full.
import { closeSync } from 'node:fs';
import { inNetns, openTunTap } from '../../libbpf/libc.js';
import type { GeneratorInput } from '../children/messages.js';
import { runCommand } from '../command.js';
import { addNetns } from '../namespaces.js';
import type { Scope } from '../scope.js';

const device = 'tun0';
const source = '198.18.0.1';
const target = '198.19.0.1';
const port = 7006;

export interface Drain {
  /** For a generator that sends into it. */
  readonly input: GeneratorInput;
  readonly device: string;
  remove(): Promise<void>;
}

export async function openDrain(scope: Scope): Promise<Drain> {
  const netns = await addNetns('veth', 'generator', scope);
  const ip = (...args: string[]) => runCommand('ip', ['-n', netns, ...args]);
  const fd = inNetns(netns, () => openTunTap('tun', device));
  const close = scope.cleanup.add(`close ${device}`, () => closeSync(fd));
  await ip('address', 'add', `${source}/32`, 'dev', device);
  await ip('link', 'set', device, 'up');
  await ip('route', 'add', `${target}/32`, 'dev', device);
  return {
    device,
    input: {
      netns,
      carrier: 'udp',
      sourceAddress: source,
      sourcePort: port,
      sinkAddresses: [target],
      sinkPort: port + 1,
    },
    remove: async () => {
      await close();
      await runCommand('ip', ['netns', 'delete', netns]);
    },
  };
}
