// Tools of others that watch the host's packets: started so that nothing of them stays, and known to be ready.
import { access } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '../scope.js';
import { startTied, type TiedProcess } from '../tiedProcess.js';

export interface ExternalTool {
  readonly command: readonly string[];
  /** What it says when it watches, on either stream; null for one that says nothing: it is given a second. */
  readonly ready: RegExp | null;
}

export interface RunningTool extends TiedProcess {
  /** All of stdout so far. */
  readonly said: () => string;
}

const pollMs = 20;
const readyPolls = 500;
const silentMs = 1_000;

/** In a mount namespace of its own, with tracefs, which not every host has mounted. The process id stays. */
const withTracefs = [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'test -d /sys/kernel/tracing/events || mount -t tracefs tracefs /sys/kernel/tracing; exec "$@"',
  'sh',
];

/** @throws Error in the tool's own words where it ends at once or never gets ready */
export async function startExternal(
  name: string,
  { command, ready }: ExternalTool,
  scope: Scope,
): Promise<RunningTool> {
  const [program = ''] = command;
  if (!(await isInstalled(program))) throw new Error('it is not installed');
  const tied = startTied(name, [...withTracefs, ...command], ['ignore', 'pipe', 'pipe'], scope);
  let [said, both] = ['', ''];
  tied.child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    said += part;
    both += part;
  });
  tied.child.stderr?.on('data', (part: string) => {
    both += part;
  });
  const failure = () =>
    new Error(tied.howEnded() ?? `it is not ready after ${(pollMs * readyPolls) / 1e3} s`);
  for (let poll = 0; ready !== null && !ready.test(both); poll++) {
    if (tied.howEnded() !== null || poll === readyPolls) {
      await tied.stop();
      throw failure();
    }
    await sleep(pollMs, undefined, { signal: scope.signal });
  }
  if (ready === null) await sleep(silentMs, undefined, { signal: scope.signal });
  if (tied.howEnded() !== null) throw failure();
  return { ...tied, said: () => said };
}

async function isInstalled(program: string): Promise<boolean> {
  const folders = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`.split(':');
  const found = await Promise.all(
    folders.map((folder) =>
      access(`${folder}/${program}`).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
