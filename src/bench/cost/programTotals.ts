// What all BPF programs of a process have run so far, by the kernel's statistics.
import { readdirSync, readFileSync } from 'node:fs';
import { orNull } from '../../host/optionalFile.js';
import type { Runs } from './runStatistics.js';

/** @param pid of a process that holds its programs by descriptors; one that is gone has run nothing */
export function readProgramTotals(pid: number): Runs {
  const folder = `/proc/${pid}/fdinfo`;
  const texts = (orNull(() => readdirSync(folder)) ?? []).map(
    (fd) => orNull(() => readFileSync(`${folder}/${fd}`, 'latin1')) ?? '',
  );
  return programTotalsOf(texts);
}

/** The same from the descriptors' texts: several descriptors may be of one program. */
export function programTotalsOf(descriptors: readonly string[]): Runs {
  const programs = new Map<string, Runs>();
  for (const text of descriptors) {
    const field = (name: string) => new RegExp(`^${name}:\\t(\\d+)$`, 'm').exec(text)?.[1];
    const [id, count, totalNs] = [field('prog_id'), field('run_cnt'), field('run_time_ns')];
    if (id !== undefined && count !== undefined && totalNs !== undefined)
      programs.set(id, { count: Number(count), totalNs: Number(totalNs) });
  }
  const all = [...programs.values()];
  const sum = (of: (runs: Runs) => number) => all.reduce((total, runs) => total + of(runs), 0);
  return { count: sum(({ count }) => count), totalNs: sum(({ totalNs }) => totalNs) };
}
