// What decides a result and is the host's own.

import { readKernelConfig } from '../../host/kernelConfig.js';
import { runHasSoftirqsHere } from '../cpu/irqAccounting.js';
import { cpuEntries } from './cpus.js';
import { kernelEntries } from './kernel.js';
import { type Facts, factsOf } from './known.js';
import { readVersions } from './versions.js';

/** By name, in words or as the kernel tells them; "unknown" where it doesn't. For a result's `surroundings`. */
export async function readSurroundings(): Promise<Facts> {
  return {
    ...readHostSettings(),
    ...factsOf([['time of interrupts kept apart', runHasSoftirqsHere() ? 'no' : 'yes']]),
    ...(await readVersions()),
  };
}

/** @param root of the tree that is read; "" is the real host */
export const readHostSettings = (root = ''): Facts =>
  factsOf([...cpuEntries(root), ...kernelEntries(root, readKernelConfig(root))]);
