// Keeps this thread on one CPU for the length of a test.
import { execFileSync } from 'node:child_process';
import type { Scope } from '../../../src/bench/scope.js';

const taskset = (...args: string[]) => execFileSync('taskset', args, { encoding: 'utf8' });

export function pinToCpu(cpu: number, scope: Scope): void {
  const thread = String(process.pid);
  const before = taskset('-p', thread).split(':').at(-1)?.trim() ?? '';
  scope.cleanup.add('let this thread run on any CPU', () => void taskset('-p', before, thread));
  taskset('-cp', String(cpu), thread);
}
