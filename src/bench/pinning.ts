// Which CPU runs what: the generator one of its own, everything else the others, so that runs can be compared.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { reasonOf, VifscopeError } from '../errors.js';
import { parseCpuList } from '../host/cpuList.js';
import type { Scope } from './scope.js';

export interface Pinning {
  readonly generator: readonly number[];
  /** The sink, the path's own threads, and this process. */
  readonly others: readonly number[];
}

/**
 * The generator spins between packets, so whatever shares its CPU waits for it.
 * @param cpus that this process may run on @returns null where there is one alone
 */
export function pinningOn(cpus: readonly number[]): Pinning | null {
  const last = cpus.at(-1);
  return last === undefined || cpus.length < 2 ? null : { generator: [last], others: cpus.slice(0, -1) };
}

/** The CPUs that this process may run on. */
export function allowedCpus(): readonly number[] {
  const [, list] = /^Cpus_allowed_list:\t(.*)$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  return parseCpuList(list ?? '').numbers;
}

/** For what compares on one CPU. @throws VifscopeError UNSUPPORTED_HOST where there is no other */
export function neededPinning(): Pinning {
  const pinning = pinningOn(allowedCpus());
  if (pinning !== null) return pinning;
  throw new VifscopeError({
    code: 'UNSUPPORTED_HOST',
    operation: 'give a CPU to',
    object: 'what sends',
    reason: 'this process may run on one CPU alone',
    remedy: 'run it on a host with two or more',
  });
}

/** Keeps this process off the generator's CPU until the scope ends. */
export function pinOurselves({ others }: Pinning, scope: Scope): void {
  const before = allowedCpus();
  scope.cleanup.add('run on any CPU again', () => pin(process.pid, before));
  pin(process.pid, others);
}

/** All threads of a process. @throws VifscopeError FAILED */
export const pin = (pid: number, cpus: readonly number[]): void => setAffinity('-acp', pid, cpus);

/**
 * The thread that sends has its CPU for itself: those beside it, which compile and collect, would take it for
 * milliseconds. @throws VifscopeError FAILED
 */
export function pinGenerator(pid: number, { generator, others }: Pinning): void {
  pin(pid, others);
  setAffinity('-cp', pid, generator);
}

function setAffinity(which: '-cp' | '-acp', pid: number, cpus: readonly number[]): void {
  try {
    execFileSync('taskset', [which, cpus.join(','), String(pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    throw new VifscopeError({
      code: 'FAILED',
      operation: 'pin',
      object: `process ${pid} to CPU ${cpus.join(',')}`,
      reason: reasonOf(error).trim(),
      remedy: 'run with --no-pin',
    });
  }
}
