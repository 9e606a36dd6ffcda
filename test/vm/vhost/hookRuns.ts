// How often each of this process's BPF programs has run, by name: the kernel's own statistics.
import { readdirSync, readFileSync } from 'node:fs';
import { checkedInt, libbpf } from '../../../src/libbpf/library.js';

const descriptorFolder = '/proc/self/fdinfo';
/** struct bpf_prog_info up to its name, which the kernel cuts at 15 characters. */
const nameOffset = 64;
const nameBytes = 16;

export interface HookRuns {
  readonly tun_get_user: number;
  readonly tun_sendmsg: number;
}

/** Runs of the programs that serve these hooks, by whatever mechanism, since they were loaded. */
export function readHookRuns(): HookRuns {
  const runs = readdirSync(descriptorFolder).flatMap((fd) => {
    const count = runCountOf(fd);
    return count === null ? [] : { program: programName(Number(fd)), count };
  });
  const sumOf = (hook: string) =>
    runs
      .filter(({ program }) => [`fentry_${hook}`, `kprobe_${hook}`].some((name) => name.startsWith(program)))
      .reduce((sum, { count }) => sum + count, 0);
  return { tun_get_user: sumOf('tun_get_user'), tun_sendmsg: sumOf('tun_sendmsg') };
}

/** null for a descriptor that is no program, or that the listing itself was read through. */
function runCountOf(fd: string): number | null {
  let text: string;
  try {
    text = readFileSync(`${descriptorFolder}/${fd}`, 'latin1');
  } catch {
    return null;
  }
  const [, count] = /^run_cnt:\s*(\d+)$/m.exec(text) ?? [];
  return count === undefined ? null : Number(count);
}

function programName(fd: number): string {
  const info = Buffer.alloc(nameOffset + nameBytes);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(info.length);
  checkedInt('bpf_obj_get_info_by_fd', libbpf().bpf_obj_get_info_by_fd(fd, info, length));
  const name = info.toString('latin1', nameOffset);
  return name.slice(0, name.indexOf('\0'));
}
