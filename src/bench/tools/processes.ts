// A tool's processes in the namespaces of a path: they and all that they start die with us, and what they say is kept.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inNetns } from '../../libbpf/libc.js';
import type { Scope } from '../scope.js';
import { startTied, type TiedProcess } from '../tiedProcess.js';
import type { ToolServer } from './tool.js';

/** A process namespace of its own: whatever a tool forks ends with it. */
const enclosed = ['unshare', '--fork', '--pid', '--kill-child'];
const keptCharacters = 1024 * 1024;
const pollMs = 20;
const polls = 250;

export interface ToolProcess extends TiedProcess {
  /** All of stdout so far. */
  readonly said: () => string;
}

export function startTool(
  name: string,
  netns: string,
  command: readonly string[],
  scope: Scope,
): ToolProcess {
  const inside = ['ip', 'netns', 'exec', netns, ...enclosed, ...command];
  const tied = startTied(name, inside, ['ignore', 'pipe', 'pipe'], scope);
  let text = '';
  tied.child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(-keptCharacters);
  });
  return { ...tied, said: () => text };
}

/** Tools say that they listen when they like, or never: the kernel knows. @throws Error where it does not come to be */
export async function untilListening(
  server: ToolProcess,
  netns: string,
  { listens }: ToolServer,
  port: number,
  { signal }: Scope,
): Promise<void> {
  for (let poll = 0; poll < polls; poll++) {
    const how = server.howEnded();
    if (how !== null) throw new Error(`the ${server.name} ${how}`);
    const sockets = inNetns(netns, () => readFileSync(`/proc/thread-self/net/${listens}`, 'latin1'));
    if (hasPort(sockets, port)) return;
    await sleep(pollMs, undefined, { signal });
  }
  throw new Error(`the ${server.name} does not listen`);
}

/** @param sockets /proc/net/tcp or udp: the local address and port of each, hexadecimal, in the second column */
export const hasPort = (sockets: string, port: number): boolean =>
  sockets
    .split('\n')
    .slice(1)
    .some((line) => Number.parseInt(line.trim().split(/\s+/)[1]?.split(':')[1] ?? '', 16) === port);
