// Child processes that can't outlive us: the kernel kills them when we die, be it by SIGKILL.
// In: a command. Out: the process, its way of ending, and a clean-up step that ends it.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import type { Scope } from './scope.js';
import { within } from './within.js';

/**
 * setpriv asks for the parent's death signal and the shell checks that the parent was still there by then;
 * both replace themselves by the command, so the process id stays.
 */
const tie = ['--pdeathsig', 'KILL', '--', 'sh', '-c', '[ "$PPID" = "$0" ] && exec "$@"', String(process.pid)];

const stopLimitSeconds = 5;
const keptMessageCharacters = 2000;

export interface TiedProcess {
  readonly name: string;
  readonly child: ChildProcess;
  readonly pid: number;
  /** How it ended, in words, with the last of what it wrote on stderr; never rejects. */
  readonly ended: Promise<string>;
  /** The same once it has ended, null before. */
  readonly howEnded: () => string | null;
  /** Kills it and waits until it is gone. */
  readonly stop: () => Promise<void>;
}

/** Starts a command; `stdio[2]` must be 'pipe'. The caller's descriptors in `stdio` stay the caller's. */
export function startTied(
  name: string,
  command: readonly string[],
  stdio: StdioOptions,
  scope: Scope,
): TiedProcess {
  scope.signal.throwIfAborted();
  const started: { child?: ChildProcess; ended?: Promise<string>; how: string | null } = { how: null };
  const stop = scope.cleanup.add(`stop the ${name}`, () => end(name, started.child, started.ended));
  // A session of its own: the terminal's Ctrl-C is for us to handle, not for each of our children.
  const child = spawn('setpriv', [...tie, ...command], { stdio, detached: true });
  started.child = child;
  const ended = describeEnd(child).then((how) => {
    started.how = how;
    return how;
  });
  started.ended = ended;
  return { name, child, pid: child.pid ?? 0, ended, howEnded: () => started.how, stop };
}

function describeEnd(child: ChildProcess): Promise<string> {
  let messages = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    messages = (messages + text).slice(-keptMessageCharacters);
  });
  return new Promise((resolve) => {
    const say = (how: string) => resolve([how, ...messages.trim().split('\n').filter(Boolean)].join(': '));
    child.on('error', (error) => say(`it could not be started: ${error.message}`));
    child.once('close', (status, signal) =>
      say(signal ? `killed by ${signal}` : `ended with status ${status}`),
    );
  });
}

async function end(name: string, child?: ChildProcess, ended?: Promise<string>): Promise<void> {
  if (child === undefined || ended === undefined) return;
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  const onLimit = () => new Error(`the ${name} (${child.pid}) is still there after SIGKILL`);
  await within(ended, { limitSeconds: stopLimitSeconds, onLimit });
}
