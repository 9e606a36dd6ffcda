// What a run may leave behind: namespaces, devices, processes and BPF programs, seen from outside.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import ffi from '@2060.io/ffi-napi';
import { parseNetnsName } from '../../src/bench/namespaces.js';
import type { Run } from './runDemo.js';

const libbpf = ffi.Library('libbpf.so.1', { bpf_prog_get_next_id: ['int', ['uint32', 'pointer']] });

const list = (directory: string): string[] => {
  try {
    return readdirSync(directory);
  } catch (error) {
    // ESRCH: a process that ended between two looks; EACCES: one that is not ours to look into.
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
};

function programIds(): number[] {
  const ids: number[] = [];
  const next = Buffer.alloc(4);
  for (let id = 0; libbpf.bpf_prog_get_next_id(id, next) === 0; ids.push(id)) id = next.readUInt32LE();
  return ids;
}

const pids = (): string[] => list('/proc').filter((name) => /^\d+$/.test(name));

/** A file of another process, empty if that is gone meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Processes that inherited the run's mark, whatever session or parent they have by now. */
const processesOf = (mark: string): string[] =>
  pids().filter((pid) => textOf(`/proc/${pid}/environ`).includes(mark));

/** Programs that a living process holds: another vifscope may run beside the test. */
function heldPrograms(): Set<number> {
  const descriptors = pids().flatMap((pid) =>
    list(`/proc/${pid}/fdinfo`).map((fd) => `/proc/${pid}/fdinfo/${fd}`),
  );
  return new Set(descriptors.map((path) => Number(/^prog_id:\s*(\d+)$/m.exec(textOf(path))?.[1] ?? 0)));
}

export interface Inventory {
  readonly devices: readonly string[];
  readonly programs: readonly number[];
}

export const takeInventory = (): Inventory => ({
  devices: list('/sys/class/net'),
  programs: programIds(),
});

/** What is there now and was not before, named; waits for the kernel to free what it frees late. */
export async function leftBehind(before: Inventory, run: Run): Promise<string[]> {
  for (let attempt = 0; ; attempt++) {
    const now = takeInventory();
    const held = heldPrograms();
    const left = [
      ...list('/run/netns')
        .filter((n) => parseNetnsName(n)?.owner.pid === run.session)
        .map((n) => `namespace ${n}`),
      ...now.devices.filter((d) => !before.devices.includes(d)).map((d) => `device ${d}`),
      ...now.programs
        .filter((p) => !before.programs.includes(p) && !held.has(p))
        .map((p) => `BPF program ${p}`),
      ...processesOf(run.mark).map((pid) => `process ${pid}`),
    ];
    if (left.length === 0 || attempt === 30) return left;
    await sleep(100);
  }
}
