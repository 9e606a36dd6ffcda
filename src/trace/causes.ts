// Why was a packet slow? One table of causes: what each one explains of the wait, and the sentence that says so.
import { countText, shortLatencyText } from '../export/latencyText.js';
import { printable } from '../export/printable.js';
import { type Outlier, startNsOf, type TaskTimes, timesDuring } from './outlier.js';

/** Less of a wait is no cause of it. */
const leastShare = 0.1;
/** A ring's reader gives places free by so many (include/linux/ptr_ring.h): before, the ring is full without them. */
const ringBatch = 16;

export interface Cause {
  readonly cause: CauseName;
  /** How much of the wait it explains; 0: it is part of what happened, and how much is not known. */
  readonly explainedNs: number;
  readonly sentence: string;
}

interface Row {
  /** ns; null where the record does not show it. */
  readonly explainedNs: (outlier: Outlier) => number | null;
  readonly sentence: (outlier: Outlier, explainedNs: number) => string;
}

const isUserEnd = ({ segment }: Outlier): boolean => segment === 'ring' || segment === 'inject';
const actorOf = ({ segment, task }: Outlier): string =>
  `its ${segment === 'inject' ? 'writer' : 'reader'} ${printable(task.name)}[${task.id}]`;

/** What the record says of the reader's or writer's time off the CPU; null: nothing. */
function offCpu(outlier: Outlier): Omit<TaskTimes, 'runningNs'> | null {
  if (!isUserEnd(outlier)) return null;
  const { task, endNs } = outlier;
  const times = timesDuring(outlier);
  if (times) return times;
  // Not the task that read last, or the first read of all: its last wake-up and its last switch-in are known at most.
  const startNs = startNsOf(outlier);
  if (task.wokenNs === 0 || task.scheduledNs <= startNs || task.scheduledNs > endNs) return null;
  const wokenNs = Math.min(Math.max(task.wokenNs, startNs), task.scheduledNs);
  const [stoppedNs, sleepingNs] = task.wasStopped ? [wokenNs - startNs, 0] : [0, wokenNs - startNs];
  return { stoppedNs, sleepingNs, runnableNs: task.scheduledNs - wokenNs };
}

/** From when the packet was ksoftirqd's to when that had a CPU, and to the end; null: it was never ksoftirqd's. */
function ksoftirqdWait(outlier: Outlier): { readonly cpuNs: number; readonly totalNs: number } | null {
  const { ksoftirqd, endNs, segment } = outlier;
  if (segment !== 'backlog' || !ksoftirqd) return null;
  const { wokenNs, scheduledNs, isEnd, isWaitingForCpu } = ksoftirqd;
  if (!isEnd && !isWaitingForCpu) return null;
  const handedNs = Math.min(Math.max(wokenNs, startNsOf(outlier)), endNs);
  const gotCpuNs = isEnd ? Math.max(handedNs, Math.min(scheduledNs, endNs)) : endNs;
  return { cpuNs: gotCpuNs - handedNs, totalNs: endNs - handedNs };
}

/** What is left of the wait for the packets ahead: no one slept, stood still or waited for a CPU then. */
function behindOthersNs(outlier: Outlier): number | null {
  const { start, waitNs, segment } = outlier;
  if (!start?.aheadPackets || !queues[segment]) return null;
  const off = offCpu(outlier);
  const offNs = off ? off.stoppedNs + off.sleepingNs + off.runnableNs : (ksoftirqdWait(outlier)?.cpuNs ?? 0);
  return Math.max(0, waitNs - offNs);
}

/** What packets wait in; null: none waits for another there. */
const queues: Readonly<Record<Outlier['segment'], string | null>> = {
  qdisc: 'queue',
  driver: null,
  backlog: 'backlog',
  ring: 'ring',
  inject: null,
};

function queueSentence({ start, segment, queueLength }: Outlier): string {
  const packets = start?.aheadPackets ?? 0;
  const ahead = `${countText(packets)} ${packets === 1 ? 'packet was' : 'packets were'} ahead of it`;
  const queue = queues[segment] ?? segment;
  if (segment === 'backlog' || queueLength === 0) return `${ahead} in the ${queue}`;
  const slack = segment === 'ring' ? ringBatch : 1;
  const room = `in a ${queue} of ${countText(queueLength)}`;
  return packets + slack >= queueLength ? `the ${queue} was full: ${ahead} ${room}` : `${ahead} ${room}`;
}

/** A packet moves where another CPU receives it; a ring's packets stay, and their reader moves. */
function move(outlier: Outlier): { from: number; who: 'it' | 'task' } | null {
  const { segment, start, endCpu, task } = outlier;
  if (segment === 'backlog' || segment === 'qdisc')
    return start && start.cpu !== endCpu ? { from: start.cpu, who: 'it' } : null;
  const from = timesDuring(outlier) ? task.during?.startCpu : undefined;
  return from !== undefined && from !== endCpu ? { from, who: 'task' } : null;
}

const rows = {
  stopped: {
    explainedNs: (outlier) => offCpu(outlier)?.stoppedNs ?? null,
    sentence: (outlier, ns) =>
      `${actorOf(outlier)} stood still for ${shortLatencyText(ns)}, stopped by a signal or a debugger`,
  },
  asleep: {
    explainedNs: (outlier) => offCpu(outlier)?.sleepingNs ?? null,
    sentence: (outlier, ns) => `${actorOf(outlier)} slept ${shortLatencyText(ns)} before it was woken`,
  },
  no_cpu: {
    explainedNs: (outlier) => offCpu(outlier)?.runnableNs ?? null,
    sentence: (outlier, ns) => `${actorOf(outlier)} waited ${shortLatencyText(ns)} for a CPU`,
  },
  ksoftirqd: {
    explainedNs: (outlier) => ksoftirqdWait(outlier)?.totalNs ?? null,
    sentence: (outlier) => {
      const { cpuNs } = ksoftirqdWait(outlier) ?? { cpuNs: 0 };
      const handed = `its softirq was left to ksoftirqd/${outlier.endCpu}`;
      return outlier.ksoftirqd?.isEnd
        ? `${handed}, which waited ${shortLatencyText(cpuNs)} for a CPU`
        : `${handed}, which had no CPU yet after ${shortLatencyText(cpuNs)}, when the packet was taken in its place`;
    },
  },
  queue: { explainedNs: behindOthersNs, sentence: queueSentence },
  moved_cpu: {
    explainedNs: (outlier) => (move(outlier) ? 0 : null),
    sentence: (outlier) => {
      const { from, who } = move(outlier) ?? { from: outlier.endCpu, who: 'it' };
      return `${who === 'it' ? 'it' : actorOf(outlier)} moved from CPU ${from} to CPU ${outlier.endCpu}`;
    },
  },
} as const satisfies Record<string, Row>;

export type CauseName = keyof typeof rows;
const causeNames = Object.keys(rows) as readonly CauseName[];

/** What the record shows, by how much of the wait it explains; empty where it shows nothing. */
export function causesOf(outlier: Outlier): readonly Cause[] {
  const found = causeNames.flatMap((cause): Cause[] => {
    const row: Row = rows[cause];
    const ns = row.explainedNs(outlier);
    const explainedNs = ns === null ? null : Math.min(ns, outlier.waitNs);
    const isEnough =
      explainedNs !== null && (cause === 'moved_cpu' || explainedNs >= leastShare * outlier.waitNs);
    return isEnough ? [{ cause, explainedNs, sentence: row.sentence(outlier, explainedNs) }] : [];
  });
  return found.toSorted((a, b) => b.explainedNs - a.explainedNs);
}

/** One sentence: the main cause first. */
export function causeSentence(causes: readonly Cause[]): string {
  if (causes.length === 0) return 'No cause shows in what was recorded.';
  const text = causes.map(({ sentence }) => sentence).join('; and ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
