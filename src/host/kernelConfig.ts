// How the running kernel was built, where it or its package tells.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { orNull, readText } from './optionalFile.js';

/** The text of its .config; null where there is none to read. */
export function readKernelConfig(root = ''): string | null {
  const packed = orNull(() => readFileSync(`${root}/proc/config.gz`));
  if (packed !== null) return gunzipSync(packed).toString('latin1');
  const release = readText(`${root}/proc/sys/kernel/osrelease`);
  return release === null ? null : readText(`${root}/boot/config-${release}`);
}

/** "y", "m", a number or a text; "n" where the option is off; null where there is no configuration. */
export function optionOf(config: string | null, option: string): string | null {
  if (config === null) return null;
  return new RegExp(`^CONFIG_${option}=(.*)$`, 'm').exec(config)?.[1] ?? 'n';
}
