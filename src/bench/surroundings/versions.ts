// Versions of what a benchmark runs with, as each program tells its own.
import { commandText } from '../commandText.js';
import { type Facts, factsOf } from './known.js';

const programs: readonly (readonly [name: string, command: string, argument: string])[] = [
  ['qemu', 'qemu-system-x86_64', '--version'],
  ['iproute2', 'ip', '-V'],
  ['ethtool', 'ethtool', '--version'],
];

export async function readVersions(): Promise<Facts> {
  const told = programs.map(async ([name, command, argument]) => {
    const text = await commandText(command, [argument]);
    return [`version of ${name}`, text === null ? 'not installed' : (text.split('\n')[0] ?? null)] as const;
  });
  return factsOf([['version of node', process.version], ...(await Promise.all(told))]);
}
