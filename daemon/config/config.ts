// The configuration of the service: a YAML file, checked against the table of its keys.
// In: the file. Out: a Config, or one error with all that is wrong; between two Configs, what changed.
import { closeSync, openSync, readSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { reasonOf } from '../../src/errors.js';
import { refusalOf, unreadable } from '../yaml/problems.js';
import { mostYamlBytes, parseYamlText } from '../yaml/yamlText.js';
import { type Config, configKeys, configTable } from './table.js';
import { ValueReader } from './values.js';

export type { Config } from './table.js';

/** @throws VifscopeError USAGE when it can't be read or anything in it is wrong */
export function readConfig(path: string): Config {
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    throw unreadable(path, reasonOf(error), error);
  }
  return parseConfig(text, path);
}

/**
 * @param path for the errors
 * @throws VifscopeError USAGE with file, line and key of everything that is wrong, one a line
 */
export function parseConfig(text: string, path: string): Config {
  const { document, problems, lineAt } = parseYamlText(text);
  if (problems.length > 0) throw refusalOf(path, problems, lineAt);
  const reader = new ValueReader(document);
  const values = reader.read(configTable);
  if (reader.problems.length > 0) throw refusalOf(path, reader.problems, lineAt);
  return values as Config;
}

/** What holds where nothing is configured. */
export const defaultConfig: Config = parseConfig('', 'defaults');

/** Dotted names, as in the file, of the keys whose values differ. */
export interface Changes {
  /** Those a running service takes over. */
  readonly live: readonly string[];
  /** Those that hold only once it is started again. */
  readonly needRestart: readonly string[];
}

export function changesBetween(before: Config, after: Config): Changes {
  const changed = configKeys.filter(
    ({ properties }) => !isDeepStrictEqual(valueAt(before, properties), valueAt(after, properties)),
  );
  const names = (change: 'live' | 'restart') =>
    changed.filter((key) => key.change === change).map(({ path }) => path);
  return { live: names('live'), needRestart: names('restart') };
}

function readText(path: string): string {
  const fd = openSync(path, 'r');
  try {
    // Whatever is named as the configuration, a device without an end even, no more of it is read.
    const bytes = Buffer.alloc(mostYamlBytes + 1);
    const length = readSync(fd, bytes);
    if (length > mostYamlBytes) throw new Error(`it is larger than ${mostYamlBytes} bytes`);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
  } finally {
    closeSync(fd);
  }
}

function valueAt(config: unknown, properties: readonly string[]): unknown {
  return properties.reduce<unknown>(
    (value, property) => (value as Readonly<Record<string, unknown>>)[property],
    config,
  );
}
