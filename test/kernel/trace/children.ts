// Processes that make packets slow: a reader that is busy with each, a real-time task that keeps a CPU to itself.
import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { startTied } from '../../../src/bench/tiedProcess.js';
import { configureEnds, makeEnds } from '../../../src/bench/topologies/ends.js';

const programPath = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/** @returns a function for the next line that it writes, and its process id */
function startProgram(name: string, command: readonly string[], scope: Scope) {
  const { child, ended, pid } = startTied(name, command, ['ignore', 'pipe', 'pipe'], scope);
  if (!child.stdout) throw new Error(`the ${name} has no output`);
  // Keeps the lines that come before they are asked for.
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the ${name} ${await ended}`);
    return value;
  };
  return { line, pid };
}

/** The main thread, which is the one that reads packets. */
export const putOnCpu = (pid: number, cpu: number): void =>
  void execFileSync('taskset', ['-cp', String(cpu), String(pid)], { stdio: 'ignore' });

/** A tun path that ends in its reader. @param how it spends the time between two packets */
export async function buildSlowReader(
  eachUs: number,
  scope: Scope,
  how: 'busy' | 'asleep' = 'busy',
): Promise<BuiltPath> {
  const ends = await makeEnds('tun', scope);
  const args = [ends.generatorNetns, ends.sinkNetns, String(eachUs), how];
  const { line, pid } = startProgram(
    'slow reader',
    [process.execPath, programPath('slowReader'), ...args],
    scope,
  );
  await line();
  const built = await configureEnds(ends, { generator: 'tun0', sink: 'tun1' }, null, scope);
  return { ...built, middlePid: pid, middleFailure: () => null };
}

export interface Hog {
  /** When it ended, in ns of CLOCK_MONOTONIC. */
  readonly endedNs: Promise<bigint>;
}

/**
 * Says "spinning", keeps its CPU busy for so many ms, and says when it ended. Of one thread: those of Node's runtime wait
 * for each other by spinning, and as real-time tasks on one CPU they were seen to do so for ten minutes.
 */
const hogProgram = `
import sys, time
end_ns = time.monotonic_ns() + min(int(sys.argv[1]), 800) * 10**6
print('spinning', flush=True)
while time.monotonic_ns() < end_ns: pass
print(time.monotonic_ns(), flush=True)
`;

/** From now on no ordinary task runs on this CPU; for so many ms, 800 at most. */
export async function startHog(cpu: number, durationMs: number, scope: Scope): Promise<Hog> {
  const realTime = ['chrt', '-f', '50', 'taskset', '-c', String(cpu)];
  const command = [...realTime, 'python3', '-c', hogProgram, String(durationMs)];
  const { line } = startProgram('hog', command, scope);
  await line();
  const endedNs = line().then(BigInt);
  endedNs.catch(() => {});
  return { endedNs };
}
