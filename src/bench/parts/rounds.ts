// Every part once a round, so that what disturbs the host disturbs all of them.
import { setImmediate as otherWork } from 'node:timers/promises';
import type { Scope } from '../scope.js';
import { KernelSide, type VerbRun, verbs } from './kernelSide.js';
import { type Task, tasks, tasksOn } from './userSide.js';

export const inFlightSizes = [1, 100, 10_000, 100_000] as const;
export const segmentSizes = [10, 100, 1_000] as const;

export interface VerbTime extends VerbRun {
  /** Of each round, a call. */
  readonly ns: readonly number[];
}

export interface TaskTime {
  readonly task: Task;
  readonly segments: number;
  /** Of each round, a device-segment. */
  readonly ns: readonly number[];
}

export interface PartTimes {
  readonly verbs: readonly VerbTime[];
  readonly tasks: readonly TaskTime[];
}

/** Until code is compiled; their times are thrown away. */
const warmingRounds = 5;

export async function timeParts(rounds: number, scope: Scope): Promise<PartTimes> {
  const kernel = KernelSide.open(Math.max(...segmentSizes), scope);
  const verbRuns = runsOf();
  const taskRuns = segmentSizes.flatMap((segments) => {
    const timed = tasksOn(kernel, segments);
    return tasks.map((task) => ({ task, segments, timed: timed[task] }));
  });
  const verbTimes = verbRuns.map((run) => ({ ...run, ns: [] as number[] }));
  const taskTimes = taskRuns.map(({ task, segments }) => ({ task, segments, ns: [] as number[] }));
  for (let round = -warmingRounds; round < rounds; round++) {
    scope.progress(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`);
    for (const [at, run] of verbRuns.entries()) {
      const ns = kernel.run(run);
      if (round >= 0) verbTimes[at]?.ns.push(ns);
    }
    for (const [at, { segments, timed }] of taskRuns.entries()) {
      timed.before?.();
      const beganNs = process.hrtime.bigint();
      await timed.work();
      const ns = Number(process.hrtime.bigint() - beganNs);
      if (round >= 0) taskTimes[at]?.ns.push(ns / segments);
      await otherWork();
      scope.signal.throwIfAborted();
    }
  }
  return { verbs: verbTimes, tasks: taskTimes };
}

function runsOf(): VerbRun[] {
  return verbs.flatMap((verb): VerbRun[] => {
    if (verb === 'stamp') return inFlightSizes.map((packets) => ({ verb, packets }));
    if (verb === 'start' || verb === 'sample') return [1, 1_000].map((shards) => ({ verb, shards }));
    return [{ verb }];
  });
}
