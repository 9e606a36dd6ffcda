// What a command of the system prints, or that there is no such command.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { VifscopeError } from '../errors.js';

const run = promisify(execFile);
const mostBytes = 16 * 1024 * 1024;

/**
 * What it writes on stdout; null where the command is not installed.
 * @throws VifscopeError FAILED where it ends with an error
 */
export async function commandText(command: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await run(command, args, { encoding: 'utf8', maxBuffer: mostBytes });
    return stdout;
  } catch (cause) {
    const { code, stderr } = cause as { readonly code?: unknown; readonly stderr?: string };
    if (code === 'ENOENT') return null;
    throw new VifscopeError({
      code: 'FAILED',
      operation: 'run',
      object: [command, ...args].join(' '),
      reason: stderr?.trim().split('\n').join(', ') || `it ended with ${String(code)}`,
      remedy: 'see whether the device and its namespace are still there',
      cause,
    });
  }
}
