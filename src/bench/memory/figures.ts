// The kernel's memory by the number of CPUs, as a table. Pure.
import * as abi from '../../abi/layout.js';
import { geometryOf } from '../../kernel/sizes.js';
import { type DeviceKind, segmentsOf } from '../../measure/segments.js';
import type { HostMemory } from './measure.js';

const columns: readonly { readonly head: string; readonly of: (host: HostMemory) => string }[] = [
  { head: 'possible CPUs', of: ({ sizes }) => String(sizes.cpus) },
  {
    head: 'bucket width',
    of: ({ sizes }) => `${(geometryOf(sizes).bucketWidthRatio * 100).toFixed(1)} %`,
  },
  { head: 'shards', of: ({ sizes }) => String(sizes.shards) },
  { head: 'veth ends', of: ({ sizes }) => String(roomFor('veth', sizes.shards)) },
  { head: 'or taps', of: ({ sizes }) => String(roomFor('tap', sizes.shards)) },
  { head: 'histograms, MB', of: ({ formulaBytes }) => megabytes(formulaBytes.histograms) },
  { head: 'all, by the formula, MB', of: ({ formulaBytes }) => megabytes(sum(formulaBytes)) },
  { head: 'as the kernel accounts for it, MB', of: ({ kernelBytes }) => megabytes(sum(kernelBytes)) },
];

const roomFor = (kind: DeviceKind, shards: number): number =>
  Math.floor((shards - abi.specialShard.n) / segmentsOf(kind).length);
const sum = (bytes: Readonly<Record<string, number>>): number =>
  Object.values(bytes).reduce((total, one) => total + one, 0);
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

/** One row a host. */
export function memoryText(hosts: readonly HostMemory[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(columns.map(({ head }) => head)),
    row(columns.map(() => '---')),
    ...hosts.map((host) => row(columns.map(({ of }) => of(host)))),
    '',
  ].join('\n');
}
