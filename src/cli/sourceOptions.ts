// Which devices, and who measures them: options that commands share which may ask the running service.
import type { Argv } from 'yargs';
import { usualSocketPath } from '../client/protocol.js';

export interface RawSourceOptions {
  readonly device: readonly string[];
  readonly exclude: readonly string[];
  readonly daemon: boolean;
  readonly socket: string;
}

export const deviceOption = {
  type: 'string',
  array: true,
  nargs: 1,
  default: [],
  describe: "only devices of this name, or namespace/name: 'tap*', 'blue/veth0'",
} as const;

export function withSourceOptions<T>(argv: Argv<T>) {
  return argv
    .option('device', deviceOption)
    .option('exclude', { type: 'string', array: true, nargs: 1, default: [], describe: 'but not these' })
    .option('daemon', {
      type: 'boolean',
      default: true,
      describe: 'ask the running service where there is one; --no-daemon measures by itself',
    })
    .option('socket', {
      type: 'string',
      requiresArg: true,
      default: usualSocketPath,
      describe: "the service's control socket",
    });
}
