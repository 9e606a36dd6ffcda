// Runs the demo as a user would: a process of its own, in a session of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { findGuestKernel } from '../../src/bench/guest/cache.js';
import { reasonOf } from '../../src/errors.js';

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

export interface Run {
  readonly process: ChildProcess;
  readonly session: number;
  /** In the environment of every process of the run. */
  readonly mark: string;
  readonly finished: Promise<Finished>;
}

export function startDemo(...options: string[]): Run {
  const mark = `VIFSCOPE_TEST_RUN=${randomUUID()}`;
  const [name = '', value] = mark.split('=');
  const child = spawn(process.execPath, ['dist/src/cli/main.js', 'demo', ...options], {
    detached: true,
    env: { ...process.env, [name]: value },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    output.stdout += data;
  });
  child.stderr.on('data', (data) => {
    output.stderr += data;
  });
  const finished = once(child, 'close').then(([exitCode]) => ({
    ...output,
    exitCode: exitCode as number | null,
  }));
  return { process: child, session: child.pid ?? 0, mark, finished };
}

/** Why the demo can't run here, or null. */
export function missingFeature(): string | null {
  if (process.getuid?.() !== 0) return 'root privileges';
  try {
    findGuestKernel();
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}
