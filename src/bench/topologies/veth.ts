// The veth path: generator namespace — veth pair — sink namespace; or several pairs side by side, an address each.
import { runCommand } from '../command.js';
import type { BuiltPath, PathDevice } from '../path.js';
import type { Scope } from '../scope.js';
import { configureEnds, type Ends, makeEnds } from './ends.js';

export async function buildVeth(scope: Scope, pairs = 1): Promise<BuiltPath> {
  const ends = await makeEnds('veth', scope);
  const devices = devicesOf(0);
  await addPair(ends, devices);
  const first = await configureEnds(ends, devices, ends.addresses.sinkMac, scope);
  const built = { ...first, middlePid: null, middleFailure: () => null };
  if (pairs === 1) return built;
  const more: Further[] = [];
  for (let pair = 1; pair < pairs; pair++) more.push(await addFurther(ends, pair));
  return {
    ...built,
    sinkAddresses: [built.sinkAddress, ...more.map(({ address }) => address)],
    devices: [...built.devices, ...more.flatMap((one) => one.devices)],
  };
}

const devicesOf = (pair: number) => ({ generator: `veth${2 * pair}`, sink: `veth${2 * pair + 1}` });

async function addPair(
  { generatorNetns, sinkNetns }: Ends,
  { generator, sink }: { readonly generator: string; readonly sink: string },
): Promise<void> {
  const pair = ['link', 'add', generator, 'type', 'veth', 'peer', 'name', sink];
  await runCommand('ip', ['-n', generatorNetns, ...pair, 'netns', sinkNetns]);
}

interface Further {
  readonly address: string;
  readonly devices: readonly PathDevice[];
}

async function addFurther(ends: Ends, pair: number): Promise<Further> {
  const { addresses, generatorNetns, sinkNetns } = ends;
  const devices = devicesOf(pair);
  const address = addresses.sink.replace(/\d+$/, String(1 + pair));
  const mac = addresses.sinkMac.replace(/..$/, (0x80 + pair).toString(16));
  const ip = (netns: string, text: string) => runCommand('ip', ['-n', netns, ...text.split(' ')]);
  await addPair(ends, devices);
  await ip(sinkNetns, `link set ${devices.sink} address ${mac}`);
  await ip(sinkNetns, `address add ${address}/32 dev ${devices.sink}`);
  await ip(sinkNetns, `link set ${devices.sink} up`);
  await ip(generatorNetns, `link set ${devices.generator} up`);
  await ip(generatorNetns, `route add ${address}/32 dev ${devices.generator}`);
  await ip(generatorNetns, `neighbour add ${address} lladdr ${mac} dev ${devices.generator} nud permanent`);
  return {
    address,
    devices: [
      { netns: generatorNetns, device: devices.generator, role: 'generator' },
      { netns: sinkNetns, device: devices.sink, role: 'sink' },
    ],
  };
}
