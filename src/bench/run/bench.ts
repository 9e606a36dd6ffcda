// The comparison: the generator's own ceiling, then one path after the other.
import { reasonOf } from '../../errors.js';
import { readHostFacts } from '../../host/facts.js';
import { libbpfVersion } from '../../libbpf/library.js';
import { measureGenerator } from '../load/ceiling.js';
import { removeLeftovers } from '../namespaces.js';
import { pinGenerator, pinOurselves } from '../pinning.js';
import type { BenchResult, PathResult, ToolResult } from '../result/schema.js';
import type { Scope } from '../scope.js';
import { readSurroundings } from '../surroundings/host.js';
import { runPath } from './path.js';
import type { BenchPlan } from './plan.js';
import { runScale, stepsOf } from './scale.js';

const generatorRounds = { rounds: 3, seconds: 0.5 };

const pinningFacts = ({ pinning }: BenchPlan): Record<string, number[]> =>
  pinning ? { generator: [...pinning.generator], others: [...pinning.others] } : {};

/** @param keep told of all that is known so far, after every step: what is kept though the run is killed */
export async function runBench(
  plan: BenchPlan,
  scope: Scope,
  keep: (result: BenchResult) => void,
): Promise<BenchResult> {
  const startedMs = performance.now();
  let result: BenchResult = {
    version: 1,
    startedAt: new Date().toISOString(),
    durationSeconds: 0,
    interruption: 'not ended yet',
    host: readHostFacts(libbpfVersion()),
    surroundings: {},
    plan: {
      paths: [...plan.paths],
      load: plan.load,
      repeats: plan.repeats,
      searches: plan.searches,
      searchSeconds: plan.searchSeconds,
      journeysEvery: plan.journeysEvery,
      qdisc: plan.qdisc,
      pinning: pinningFacts(plan),
    },
    generator: null,
    paths: [],
    tools: [],
    scale: [],
  };
  const add = (part: Partial<BenchResult>) => {
    result = { ...result, ...part, durationSeconds: (performance.now() - startedMs) / 1000 };
    keep(result);
  };
  try {
    await removeLeftovers();
    if (plan.pinning) pinOurselves(plan.pinning, scope);
    add({ surroundings: { ...(await readSurroundings()) } });
    scope.progress("measuring the generator's own ceiling");
    const generator = await measureGenerator(
      plan.load,
      generatorRounds,
      scope,
      (pid) => plan.pinning && pinGenerator(pid, plan.pinning),
    );
    add({ generator: { ceilingPacketsPerSecond: generator } });
    for (const name of plan.paths) {
      const before = result.paths;
      const keepParts = {
        path: (path: PathResult) => add({ paths: [...before, path] }),
        tool: (tool: ToolResult) => add({ tools: [...result.tools, tool] }),
      };
      keepParts.path(await runPath(name, plan, generator.median, scope, keepParts));
    }
    if (plan.hasScale) await runScale(stepsOf(plan), generator.median, scope, (scale) => add({ scale }));
    add({ interruption: null });
  } catch (error) {
    add({ interruption: scope.signal.aborted ? 'interrupted' : reasonOf(error) });
    throw error;
  }
  return result;
}
