// A setting of the whole host, changed for one test and put back whatever becomes of the test's process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Scope } from '../../../src/bench/scope.js';

/** @param name below /proc/sys, as in net/core/netdev_tstamp_prequeue */
export async function setSysctl(name: string, value: string, scope: Pick<Scope, 'cleanup'>): Promise<void> {
  const file = `/proc/sys/${name}`;
  const before = readFileSync(file, 'latin1').trim();
  // The guard's input ends when we close it or when we die, be it by SIGKILL: then it puts the value back.
  const guard = spawn('sh', ['-c', 'cat; echo "$0" > "$1"', before, file], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  const ended = once(guard, 'close');
  scope.cleanup.add(`set ${name} back`, async () => {
    guard.stdin.end();
    await ended;
  });
  await once(guard, 'spawn');
  writeFileSync(file, value);
}
