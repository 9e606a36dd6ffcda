// Which version of a tool is installed.
import { execFile } from 'node:child_process';
import type { Tool } from './tool.js';

const limitMs = 5_000;

/** @returns null where it is not installed; "unknown" where it does not tell */
export function readVersion({ versionCommand, parseVersion }: Tool): Promise<string | null> {
  const [command = '', ...args] = versionCommand;
  return new Promise((resolve) => {
    // Some end with status 1 though they have told their version.
    execFile(command, args, { encoding: 'utf8', timeout: limitMs }, (error, text) =>
      resolve(error?.code === 'ENOENT' ? null : (parseVersion(text) ?? 'unknown')),
    );
  });
}
