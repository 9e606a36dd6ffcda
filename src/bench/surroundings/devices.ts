// The settings of a path's devices that decide its result: queues, sizes, offloads, polling, steering.
import { commandText } from '../commandText.js';
import type { PathDevice } from '../path.js';
import {
  type Entry,
  featureEntries,
  fileEntries,
  linkEntries,
  printFiles,
  qdiscText,
} from './deviceEntries.js';
import { type Facts, factsOf } from './known.js';

/**
 * By "role/device setting", for a path's `settings`; "unknown" where the kernel, or a missing ethtool, doesn't tell.
 * @throws VifscopeError FAILED where a device is gone
 */
export async function readDeviceSettings(devices: readonly PathDevice[]): Promise<Facts> {
  const all = devices.map(async (device) => {
    const entries = await readEntries(device);
    return entries.map(([name, value]): Entry => [`${device.role}/${device.device} ${name}`, value]);
  });
  return factsOf((await Promise.all(all)).flat());
}

async function readEntries({ netns, device }: PathDevice): Promise<Entry[]> {
  const isOurs = netns === 'host';
  const at = isOurs ? [] : ['-n', netns];
  // For /sys, which shows the devices of the namespace that it was mounted in: ip mounts it anew.
  const inside = (...command: readonly [string, ...string[]]) => {
    const [program, ...args] = isOurs ? command : (['ip', 'netns', 'exec', netns, ...command] as const);
    return commandText(program, args);
  };
  const [link, qdisc, files, ethtool] = await Promise.all([
    commandText('ip', [...at, '-d', '-j', 'link', 'show', 'dev', device]),
    commandText('tc', [...at, 'qdisc', 'show', 'dev', device]),
    inside('sh', '-c', printFiles, device),
    commandText('ethtool', ['--version']),
  ]);
  const features = ethtool === null ? null : await inside('ethtool', '-k', device);
  return [
    ...linkEntries(link),
    ['qdisc', qdiscText(qdisc)],
    ...fileEntries(files),
    ...featureEntries(features),
  ];
}
