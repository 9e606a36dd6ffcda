// How ceiling, cost and tail change as a path grows: over 1 to N flows, device pairs and queues, a step at a time.
import type { PathName } from '../path.js';
import { allowedCpus } from '../pinning.js';
import { countedTrials, voidReasonsOf } from '../result/counted.js';
import type { PathResult, ScaleStep } from '../result/schema.js';
import type { Scope } from '../scope.js';
import { runPath } from './path.js';
import type { BenchPlan } from './plan.js';

type Over = ScaleStep['over'];

export interface Step {
  readonly path: PathName;
  readonly over: Over;
  readonly number: number;
  readonly plan: BenchPlan;
}

/** All of them, though this process is off the generator's by now. */
const cpusOf = ({ pinning }: BenchPlan): readonly number[] =>
  pinning ? [...pinning.generator, ...pinning.others] : allowedCpus();

/** Enough of them to reach every queue. */
const flowsOverQueues = 64;

/** Which path grows by what: one table. */
const series: readonly {
  readonly path: PathName;
  readonly over: Over;
  readonly numbers: (plan: BenchPlan) => readonly number[];
  readonly grown: (plan: BenchPlan, number: number) => BenchPlan;
}[] = [
  {
    path: 'veth',
    over: 'flows',
    numbers: () => [1, 10, 100, 1_000, 10_000],
    grown: (plan, flows) => ({ ...plan, load: { ...plan.load, flows } }),
  },
  {
    path: 'veth',
    over: 'pairs',
    numbers: () => [1, 2, 4, 8],
    grown: (plan, pairs) => ({ ...plan, pairs }),
  },
  {
    path: 'tun',
    over: 'flows',
    numbers: () => [1, 100, 10_000],
    grown: (plan, flows) => ({ ...plan, load: { ...plan.load, flows } }),
  },
  {
    path: 'tap',
    over: 'queues',
    numbers: (plan) => cpusOf(plan).map((_, at) => at + 1),
    grown: (plan, guestQueues) => ({
      ...plan,
      guestQueues,
      load: { ...plan.load, flows: flowsOverQueues },
    }),
  },
];

const searchSeconds = 8;

/** Each step is a short run over its path, without the load's levels. */
export const stepsOf = (plan: BenchPlan): Step[] =>
  series
    .filter(({ path }) => plan.paths.includes(path) && !(path === 'tap' && plan.runningGuest))
    .flatMap(({ path, over, numbers, grown }) => {
      const searches = Math.min(plan.searches, 1);
      const short = {
        ...plan,
        searches,
        searchSeconds,
        repeats: 1,
        levels: [],
        tools: false,
      };
      return numbers(plan).map((number) => ({ path, over, number, plan: grown(short, number) }));
    });

const keepNothing = { path: () => {}, tool: () => {} };

/** @param keep told after every step */
export async function runScale(
  steps: readonly Step[],
  generatorPacketsPerSecond: number,
  scope: Scope,
  keep: (steps: ScaleStep[]) => void,
): Promise<void> {
  const done: ScaleStep[] = [];
  for (const { path, over, number, plan: stepPlan } of steps) {
    scope.progress(`scale: ${path} with ${number} ${over}`);
    const result = await runPath(path, stepPlan, generatorPacketsPerSecond, scope, keepNothing);
    done.push(stepOf(result, over, number));
    keep([...done]);
  }
}

/** Where no repeat counts; null where one does. */
const voidReasonOf = (tail: PathResult['tail']): string | null =>
  tail && countedTrials(tail.atRate).length === 0 ? `void: ${voidReasonsOf(tail.atRate).join(', ')}` : null;

const stepOf = ({ path, reason, ceiling, cpu, tail }: PathResult, over: Over, number: number): ScaleStep => ({
  path,
  over,
  number,
  reason: reason ?? voidReasonOf(tail),
  noDropPacketsPerSecond: ceiling?.noDrop.packetsPerSecond ?? null,
  isGeneratorBound: ceiling?.noDrop.isGeneratorBound ?? false,
  cpuNs: cpu?.off.total ?? null,
  endToEnd: tail?.atRate.endToEnd ?? null,
});
