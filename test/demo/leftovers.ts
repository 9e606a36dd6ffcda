// What a run may leave behind: namespaces, devices, processes and BPF programs, seen from outside.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import ffi from '@2060.io/ffi-napi';

const libbpf = ffi.Library('libbpf.so.1', { bpf_prog_get_next_id: ['int', ['uint32', 'pointer']] });

const list = (directory: string): string[] => {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

function programIds(): number[] {
  const ids: number[] = [];
  const next = Buffer.alloc(4);
  for (let id = 0; libbpf.bpf_prog_get_next_id(id, next) === 0; ids.push(id)) id = next.readUInt32LE();
  return ids;
}

/** Processes of the session that the run was started in: fields 3 and 6 of /proc/PID/stat, behind the name. */
function processesOfSession(session: number): string[] {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
          .replace(/^.*\) /s, '')
          .split(' ');
        return fields[0] !== 'Z' && Number(fields[3]) === session;
      } catch {
        return false; // gone meanwhile
      }
    });
}

export interface Inventory {
  readonly namespaces: readonly string[];
  readonly devices: readonly string[];
  readonly programs: readonly number[];
}

export const takeInventory = (): Inventory => ({
  namespaces: list('/run/netns'),
  devices: list('/sys/class/net'),
  programs: programIds(),
});

/** What is there now and was not before, named; waits for the kernel to free what it frees late. */
export async function leftBehind(before: Inventory, session: number): Promise<string[]> {
  for (let attempt = 0; ; attempt++) {
    const now = takeInventory();
    const left = [
      ...now.namespaces.filter((n) => !before.namespaces.includes(n)).map((n) => `namespace ${n}`),
      ...now.devices.filter((d) => !before.devices.includes(d)).map((d) => `device ${d}`),
      ...now.programs.filter((p) => !before.programs.includes(p)).map((p) => `BPF program ${p}`),
      ...processesOfSession(session).map((pid) => `process ${pid}`),
    ];
    if (left.length === 0 || attempt === 30) return left;
    await sleep(100);
  }
}
