// Who owns a namespace: a process by id and start time, since ids alone are used again.
import { readFileSync } from 'node:fs';

export interface Owner {
  readonly pid: number;
  /** Clock ticks from the system's start to the process's: field 22 of /proc/PID/stat, proc(5). */
  readonly startTicks: number;
}

interface ProcessState {
  readonly startTicks: number;
  readonly dead: boolean;
}

/** Reads a line of /proc/PID/stat; the command's name may itself hold blanks and brackets. */
export function parseProcessStat(line: string): ProcessState {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended: only its parent has not asked yet.
  return { startTicks: Number(fields[22 - 3]), dead: fields[0] === 'Z' || fields[0] === 'X' };
}

function readProcessStat(pid: number): ProcessState | null {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // No such process: that is the answer.
    return null;
  }
}

/** A process as it is now; one that is gone already is never alive. */
export const ownerOf = (pid: number): Owner => ({ pid, startTicks: readProcessStat(pid)?.startTicks ?? 0 });

export const thisProcess = (): Owner => ownerOf(process.pid);

export function isAlive(owner: Owner): boolean {
  const state = readProcessStat(owner.pid);
  return state !== null && !state.dead && state.startTicks === owner.startTicks;
}
