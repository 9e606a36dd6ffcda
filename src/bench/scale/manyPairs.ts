// Many veth pairs between two namespaces, made in one process of `ip` each: an address a pair, one sink for all.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../command.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import { configureEnds, makeEnds } from '../topologies/ends.js';

/** Further pairs beside the first, which is the path's own. */
export async function buildManyPairs(pairs: number, scope: Scope): Promise<BuiltPath> {
  const ends = await makeEnds('bridge', scope);
  const { generatorNetns, sinkNetns, addresses } = ends;
  const numbers = Array.from({ length: pairs - 1 }, (_, index) => index + 1);
  const first = { generator: nameOf('g', 0), sink: nameOf('s', 0) };
  await runCommand('ip', [
    ...['-n', generatorNetns, 'link', 'add', first.generator],
    ...['type', 'veth', 'peer', 'name', first.sink, 'netns', sinkNetns],
  ]);
  const built = await configureEnds(ends, first, addresses.sinkMac, scope);
  await batch(
    generatorNetns,
    numbers.flatMap((number) => {
      const [generator, sink] = [nameOf('g', number), nameOf('s', number)];
      return [
        `link add ${generator} type veth peer name ${sink} address ${macOf(number)} netns ${sinkNetns}`,
        `link set ${generator} up`,
        `route add ${addressOf(number)}/32 dev ${generator}`,
        `neighbour add ${addressOf(number)} lladdr ${macOf(number)} dev ${generator} nud permanent`,
      ];
    }),
  );
  await batch(
    sinkNetns,
    numbers.flatMap((number) => [
      `address add ${addressOf(number)}/32 dev ${nameOf('s', number)}`,
      `link set ${nameOf('s', number)} up`,
    ]),
  );
  return {
    ...built,
    middlePid: null,
    middleFailure: () => null,
    sinkAddresses: [built.sinkAddress, ...numbers.map(addressOf)],
    devices: [
      ...built.devices,
      ...numbers.flatMap((number) => [
        { netns: generatorNetns, device: nameOf('g', number), role: 'generator' as const },
        { netns: sinkNetns, device: nameOf('s', number), role: 'sink' as const },
      ]),
    ],
  };
}

const nameOf = (side: 'g' | 's', number: number): string => `${side}${number}`;
/** Of RFC 2544's range, apart from the paths' own. */
const addressOf = (number: number): string => `198.19.${100 + (number >> 8)}.${number & 0xff}`;
const macOf = (number: number): string =>
  `02:76:69:70:${(number >> 8).toString(16).padStart(2, '0')}:${(number & 0xff).toString(16).padStart(2, '0')}`;

async function batch(netns: string, commands: readonly string[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-pairs-'));
  try {
    const file = join(directory, 'commands');
    writeFileSync(file, commands.map((command) => `${command}\n`).join(''));
    await runCommand('ip', ['-n', netns, '-batch', file]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
