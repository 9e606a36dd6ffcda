// The kernel's own statistics of program runs: switched on for as long as the benchmark lasts, and read from
// the descriptors that this process holds of its programs.
import { closeSync, readdirSync, readFileSync } from 'node:fs';
import { reasonOf, VifscopeError } from '../../errors.js';
import { checkedInt, libbpf } from '../../libbpf/library.js';
import type { Cleanup } from '../cleanup.js';

/** enum bpf_stats_type. */
const BPF_STATS_RUN_TIME = 0;
const descriptorFolder = '/proc/self/fdinfo';

/** Of one program, since it was loaded. The time includes what the statistics cost: two clock reads. */
export interface Runs {
  readonly count: number;
  readonly totalNs: number;
}

/**
 * Switches the statistics on for as long as this process lives, or until clean-up. By descriptor (kernel 5.8)
 * and not by kernel.bpf_stats_enabled: nothing is to be given back after SIGKILL, and two runs don't interfere.
 * @returns what switches them off before that
 */
export function enableRunStatistics(cleanup: Cleanup): () => Promise<void> {
  try {
    const fd = checkedInt('bpf_enable_stats', libbpf().bpf_enable_stats(BPF_STATS_RUN_TIME));
    return cleanup.add('switch the run statistics off', () => closeSync(fd));
  } catch (cause) {
    if (cause instanceof VifscopeError) throw cause;
    throw new VifscopeError({
      code: 'UNSUPPORTED_HOST',
      operation: 'switch on',
      object: "the kernel's statistics of program runs",
      reason: reasonOf(cause),
      remedy: 'run as root, on kernel 5.8 or newer',
      cause,
    });
  }
}

/** Every program that this process has attached to a tracepoint, by the tracepoint's name. */
export function readRuns(): ReadonlyMap<string, Runs> {
  return runsByTracepoint(readdirSync(descriptorFolder).flatMap(readDescriptor));
}

/** The same from the descriptors' texts: a link names the tracepoint and the program, a program its runs. */
export function runsByTracepoint(descriptors: readonly string[]): ReadonlyMap<string, Runs> {
  const fields = descriptors.map((text) => new Map(text.split('\n').map(fieldOf)));
  const programs = new Map(fields.filter((f) => f.has('run_cnt')).map((f) => [f.get('prog_id'), f]));
  const runs = new Map<string, Runs>();
  for (const link of fields) {
    const tracepoint = link.get('tp_name');
    const program = programs.get(link.get('prog_id'));
    if (tracepoint === undefined || program === undefined) continue;
    runs.set(tracepoint, {
      count: Number(program.get('run_cnt')),
      totalNs: Number(program.get('run_time_ns')),
    });
  }
  return runs;
}

/** The runs between two readings, of the tracepoints that are in both. */
export function runsBetween(
  before: ReadonlyMap<string, Runs>,
  after: ReadonlyMap<string, Runs>,
): ReadonlyMap<string, Runs> {
  const between = new Map<string, Runs>();
  for (const [tracepoint, end] of after) {
    const start = before.get(tracepoint);
    if (start === undefined) continue;
    between.set(tracepoint, { count: end.count - start.count, totalNs: end.totalNs - start.totalNs });
  }
  return between;
}

/** Empty for the descriptor that the listing itself was read through: it is closed by now. */
function readDescriptor(fd: string): string[] {
  try {
    return [readFileSync(`${descriptorFolder}/${fd}`, 'latin1')];
  } catch {
    return [];
  }
}

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
