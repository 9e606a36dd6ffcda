// Stops a process for a while, and says for how long it really stood still.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '../../../src/bench/scope.js';

export interface Pause {
  /** From when it was seen to stand still to just before it was told to go on: it surely stood for so long. */
  readonly atLeastNs: number;
  /** From just before it was told to stop to when it was seen to go on. */
  readonly atMostNs: number;
}

const observationLimitMs = 1_000;

function isStopped(pid: number): boolean {
  // The state of the main thread, which is the one that reads packets in QEMU and in the forwarder.
  return readFileSync(`/proc/${pid}/status`, 'latin1').includes('\nState:\tT');
}

async function observe(pid: number, stopped: boolean): Promise<number> {
  const giveUpAt = performance.now() + observationLimitMs;
  while (isStopped(pid) !== stopped) {
    if (performance.now() > giveUpAt) throw new Error(`process ${pid} did not ${stopped ? 'stop' : 'go on'}`);
  }
  return performance.now();
}

/** SIGSTOP, SIGCONT; the process goes on whatever happens here. */
export async function pauseProcess(pid: number, durationMs: number, scope: Scope): Promise<Pause> {
  const goOn = scope.cleanup.add(`let process ${pid} go on`, () => void process.kill(pid, 'SIGCONT'));
  const askedMs = performance.now();
  process.kill(pid, 'SIGSTOP');
  const stoppedMs = await observe(pid, true);
  await sleep(durationMs, undefined, { signal: scope.signal });
  const resumedMs = performance.now();
  await goOn();
  const goingMs = await observe(pid, false);
  return { atLeastNs: (resumedMs - stoppedMs) * 1e6, atMostNs: (goingMs - askedMs) * 1e6 };
}
