// Readings of the CPU meter as tests make them up.
import type { BusyReading, CpuReading, ProcessReading } from '../../../src/bench/cpu/reading.js';

export const busyAt = (atNs: number, idleNs: number): BusyReading => ({ atNs, cpus: 2, idleNs, stolenNs: 0 });

/** With a generator of process id 10, a sink of 20, and 30 on the path, none of which has run. */
export function readingAt(atNs: number, idleNs: number, changes: Partial<CpuReading> = {}): CpuReading {
  const at = busyAt(atNs, idleNs);
  return {
    begin: at,
    end: at,
    softirq: { ns: {}, threads: [], unplacedNs: 0 },
    processes: [processOf(10, 'generator', 0), processOf(20, 'sink', 0), processOf(30, 'path', 0)],
    ksoftirqdPids: [5],
    runHasSoftirqs: true,
    ...changes,
  };
}

/** Of one thread, with the process's own id. */
export const processOf = (pid: number, role: ProcessReading['role'], runNs: number): ProcessReading => ({
  pid,
  role,
  runNs,
  threads: [{ tid: pid, name: `thread of ${role}`, runNs }],
});

export const sum = (times: Readonly<Record<string, number>>): number =>
  Object.values(times).reduce((all, ns) => all + ns, 0);
