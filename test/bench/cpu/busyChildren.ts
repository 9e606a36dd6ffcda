// Processes that use up CPU time on order, and say how much they have used.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Scope } from '../../../src/bench/scope.js';

const busyChild = fileURLToPath(new URL('../fixtures/busyChild.js', import.meta.url));

/** @param name of its main thread @returns once it has answered */
export async function startChild(
  scope: Scope,
  ...name: readonly string[]
): Promise<ChildProcess & { readonly pid: number }> {
  const child = fork(busyChild, name);
  scope.cleanup.add('end a child', async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
  });
  await usedNs(child, 0);
  const { pid } = child;
  if (pid === undefined) throw new Error('a child was not started');
  return Object.assign(child, { pid });
}

/** Has it use up so many microseconds. @returns all that it has used, as it says itself, ns */
export async function usedNs(child: ChildProcess, microseconds: number): Promise<number> {
  const answered = once(child, 'message');
  child.send(microseconds);
  const [used] = await answered;
  return Number(used) * 1_000;
}
