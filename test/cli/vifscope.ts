// Runs the command line as a user would: a process of its own, its output and exit code, and what it left behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { orNull } from '../../src/host/optionalFile.js';
import { waitUntil } from '../bench/realHost.js';

export const mainPath = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const limitMs = 30_000;

export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What starts it: `setpriv` and its options, say. */
  readonly through?: readonly string[];
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
}

/** Starts it in a session of its own, by which what it leaves behind is found. */
export function start(args: readonly string[], { env = {}, through = [] }: RunOptions = {}): Running {
  const startMs = performance.now();
  const { NO_COLOR: _, ...inherited } = process.env;
  const [command = '', ...rest] = [...through, process.execPath, mainPath, ...args];
  const child = spawn(command, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, ...env },
    detached: true,
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const ended = new Promise<Outcome>((resolve, reject) => {
    const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
    child.once('error', reject);
    child.once('close', (status, signal) => {
      clearTimeout(limit);
      const elapsedMs = performance.now() - startMs;
      outputs.then(
        ([stdout, stderr]) => resolve({ status, signal, stdout, stderr, elapsedMs }),
        // Destroyed by a test that closed it early.
        () => resolve({ status, signal, stdout: '', stderr: '', elapsedMs }),
      );
    });
  });
  return { child, ended };
}

/** Runs it to its end. Whatever the end: no stack trace and no process left. */
export async function run(
  t: ExecutionContext,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const { child, ended } = start(args, options);
  const outcome = await ended;
  assertClean(t, child, outcome);
  return outcome;
}

export function assertClean(t: ExecutionContext, { pid }: ChildProcess, { stdout, stderr }: Outcome): void {
  t.notRegex(stdout + stderr, /^ {4}at |internal error|\[object /m);
  t.deepEqual(processesOfSession(pid ?? 0), [], 'processes left behind');
}

/** A failure's text: one or two lines that start with the program's name. */
export function assertMessage(t: ExecutionContext, { stderr }: Outcome, pattern: RegExp): void {
  t.regex(stderr, /^vifscope: /);
  t.regex(stderr, pattern);
  t.true(stderr.trimEnd().split('\n').length <= 2, stderr);
}

/** The BPF programs that a process has attached live in descriptors of this kind. */
export const isAttached = (pid: number): boolean =>
  (orNull(() => readdirSync(`/proc/${pid}/fd`)) ?? []).some((fd) =>
    /bpf_link|bpf-link/.test(orNull(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? ''),
  );

export async function untilAttached(t: ExecutionContext, { pid }: ChildProcess): Promise<void> {
  t.true(await waitUntil(() => isAttached(pid ?? 0), 15), 'it attaches');
}

function processesOfSession(session: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
      const [state, , , ofSession] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
      return Number(ofSession) === session && state !== 'Z' && state !== 'X';
    });
}
