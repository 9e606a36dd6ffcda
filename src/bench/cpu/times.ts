// What two readings of the CPU meter say together: which part took how much of the CPUs in between. Pure; times in ns.
import type { CpuPart } from '../result/schema.js';
import type { CpuReading, NsByVector, ProcessReading, ProcessRole, SoftirqThread } from './reading.js';

/** On whose thread softirqs ran. */
export type SoftirqContext = ProcessRole | 'idle' | 'ksoftirqd' | 'other';

export interface CpuTimes {
  readonly elapsedNs: number;
  /** Of all CPUs, all that was not idle: the sum of the parts. */
  readonly totalNs: number;
  readonly parts: Readonly<Record<CpuPart, number>>;
  readonly softirqs: NsByVector;
  readonly contexts: Readonly<Record<SoftirqContext, NsByVector>>;
  /** The path's own, by name; `other` are those that have ended. */
  readonly threads: Readonly<Record<string, number>>;
  /** In the parts, wherever it hit them. */
  readonly stolenNs: number;
  /** Softirqs that are counted twice, as their own and as the thread's that they ran on. */
  readonly unplacedNs: number;
}

export function timesBetween(before: CpuReading, after: CpuReading): CpuTimes {
  const [from, to] = [before.end, after.begin];
  const elapsedNs = to.atNs - from.atNs;
  const totalNs = elapsedNs * to.cpus - (to.idleNs - from.idleNs);
  const softirqs = increase(before.softirq.ns, after.softirq.ns);
  const processes = after.processes.map((process) => ownTimes(process, before, after));
  const own = (role: ProcessRole) =>
    processes.filter((one) => one.role === role).reduce((sum, { ns }) => sum + ns, 0);
  const told = {
    generator: own('generator'),
    sink: own('sink'),
    path: own('path'),
    softirq: total(softirqs),
  };
  return {
    elapsedNs,
    totalNs,
    parts: { ...told, rest: totalNs - total(told) },
    softirqs,
    contexts: contextsOf(before, after, softirqs),
    threads: added(processes.filter(({ role }) => role === 'path').map(({ threads }) => threads)),
    stolenNs: to.stolenNs - from.stolenNs,
    unplacedNs: after.softirq.unplacedNs - before.softirq.unplacedNs,
  };
}

interface OwnTimes {
  readonly role: ProcessRole;
  readonly ns: number;
  readonly threads: NsByVector;
}

/** What a process did itself: without the softirqs that happened to run on its threads. */
function ownTimes(
  { pid, role, runNs, threads }: ProcessReading,
  before: CpuReading,
  after: CpuReading,
): OwnTimes {
  const earlier = before.processes.find((one) => one.pid === pid);
  const inSoftirqs = (fits: (thread: SoftirqThread) => boolean) => {
    if (!after.runHasSoftirqs) return 0;
    const of = (reading: CpuReading) =>
      total(added(reading.softirq.threads.filter(fits).map(({ ns }) => ns)));
    return of(after) - of(before);
  };
  const ns = runNs - (earlier?.runNs ?? 0) - inSoftirqs((thread) => thread.pid === pid);
  const named = threads.map(({ tid, name, runNs: threadNs }) => {
    const earlierNs = earlier?.threads.find((one) => one.tid === tid)?.runNs ?? 0;
    const here = (thread: SoftirqThread) => thread.pid === pid && thread.tid === tid;
    return { [name]: threadNs - earlierNs - inSoftirqs(here) };
  });
  const byName = added(named);
  return { role, ns, threads: added([byName, { other: ns - total(byName) }]) };
}

function contextsOf(before: CpuReading, after: CpuReading, all: NsByVector): CpuTimes['contexts'] {
  const roles = new Map<number, SoftirqContext>([
    [0, 'idle'],
    ...after.ksoftirqdPids.map((pid) => [pid, 'ksoftirqd'] as const),
    ...after.processes.map(({ pid, role }) => [pid, role] as const),
  ]);
  const of = (context: SoftirqContext) => {
    const sum = ({ softirq }: CpuReading) =>
      added(softirq.threads.filter(({ pid }) => roles.get(pid) === context).map(({ ns }) => ns));
    return increase(sum(before), sum(after));
  };
  const known = { generator: of('generator'), sink: of('sink'), path: of('path') };
  const kernel = { idle: of('idle'), ksoftirqd: of('ksoftirqd') };
  const placed = added([...Object.values(known), ...Object.values(kernel)]);
  return { ...known, ...kernel, other: increase(placed, all) };
}

const total = (times: Readonly<Record<string, number>>): number =>
  Object.values(times).reduce((sum, ns) => sum + ns, 0);

export function added(all: readonly NsByVector[]): NsByVector {
  const sum: Record<string, number> = {};
  for (const one of all) for (const [name, ns] of Object.entries(one)) sum[name] = (sum[name] ?? 0) + ns;
  return sum;
}

const increase = (before: NsByVector, after: NsByVector): NsByVector =>
  Object.fromEntries(Object.entries(after).map(([name, ns]) => [name, ns - (before[name] ?? 0)]));
