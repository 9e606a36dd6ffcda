// Short commands of the system (`ip`), run to their end; a failure says the command and its own words.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { VifscopeError } from '../errors.js';

/** Runs a command to its end. In a session of its own, so that the terminal's Ctrl-C can't cut it in half. */
export async function runCommand(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [status, messages] = await Promise.all([ended, text(child.stderr)]).catch((cause: unknown) => {
    throw new VifscopeError({
      code: 'LIBRARY_MISSING',
      operation: 'run',
      object: command,
      reason: 'the command cannot be started',
      remedy: 'install what is missing with scripts/setup.sh',
      cause,
    });
  });
  if (status === 0) return;
  throw new VifscopeError({
    code: /not permitted|Permission denied/.test(messages) ? 'UNSUPPORTED_HOST' : 'FAILED',
    operation: 'run',
    object: [command, ...args].join(' '),
    reason: messages.trim().split('\n').join(', ') || `it ended with status ${status}`,
    remedy: 'run as root, on a host that allows network namespaces',
  });
}
