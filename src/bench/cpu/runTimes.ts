// How long processes and their threads have run, from /proc.
import { readdirSync } from 'node:fs';
import { reasonOf, VifscopeError } from '../../errors.js';
import { orNull } from '../../host/optionalFile.js';
import { processRunNs } from '../../libbpf/processClock.js';
import { readProcFile } from './procFile.js';
import type { ProcessReading, ProcessRole, ThreadReading } from './reading.js';

/** @throws VifscopeError FAILED where the process is gone */
export function readProcess(pid: number, role: ProcessRole): ProcessReading {
  // The threads first: what they do until the process's own clock is read is then in no thread, but in the sum.
  const threads = readThreads(pid);
  try {
    return { pid, role, threads, runNs: processRunNs(pid) };
  } catch (cause) {
    throw new VifscopeError({
      code: 'FAILED',
      operation: 'read the CPU time of',
      object: `the ${role}'s process ${pid}`,
      reason: reasonOf(cause),
      remedy: 'see why it has ended',
      cause,
    });
  }
}

function readThreads(pid: number): ThreadReading[] {
  const tids = orNull(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  return tids.flatMap((tid) => {
    const folder = `/proc/${pid}/task/${tid}`;
    const [name, runNs] = [readProcFile(`${folder}/comm`), threadRunNs(folder)];
    // null: it has ended meanwhile.
    return name === null || runNs === null ? [] : [{ tid: Number(tid), name: stableName(name), runNs }];
  });
}

/** Without the process id that the kernel's names of vhost's threads end in, so that runs can be compared. */
const stableName = (name: string): string => name.replace(/^(vhost)-\d+$/, '$1');

/** Best first: not every kernel has the first, and some have it and count nothing. */
const sources: readonly { readonly file: string; readonly parse: (text: string) => number | null }[] = [
  { file: 'schedstat', parse: parseSchedstat },
  { file: 'sched', parse: parseSched },
  { file: 'stat', parse: parseStat },
];

function threadRunNs(folder: string): number | null {
  for (const { file, parse } of sources) {
    const text = readProcFile(`${folder}/${file}`);
    const ns = text === null ? null : parse(text);
    if (ns !== null) return ns;
  }
  return null;
}

/** "run wait timeslices"; all 0 but the last where the kernel's delay accounting is off. */
export function parseSchedstat(text: string): number | null {
  const run = Number(/^(\d+) /.exec(text)?.[1]);
  return run > 0 ? run : null;
}

/** Milliseconds with six decimals. */
export function parseSched(text: string): number | null {
  const [, ms, rest] = /^se\.sum_exec_runtime\s*:\s*(\d+)\.(\d{6})$/m.exec(text) ?? [];
  return ms === undefined ? null : Number(ms) * 1e6 + Number(rest);
}

/** User and system time in ticks of 10 ms, behind a name that may hold anything: man 5 proc. */
export function parseStat(text: string): number | null {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ns = (Number(fields[11]) + Number(fields[12])) * 1e7;
  return Number.isNaN(ns) ? null : ns;
}
