// One path of a run: built, measured, removed; what a step has found is kept though a later one fails.
import { reasonOf } from '../../errors.js';
import { buildPath } from '../buildPath.js';
import { Cleanup } from '../cleanup.js';
import type { PathName } from '../path.js';
import type { PathResult, ToolResult } from '../result/schema.js';
import type { Scope } from '../scope.js';
import { measurePath } from './measurePath.js';
import type { BenchPlan } from './plan.js';
import { runTools } from './tools.js';

/** Told of what is known. */
export interface Keep {
  /** After every step. */
  readonly path: (path: PathResult) => void;
  /** After every tool of others. */
  readonly tool: (tool: ToolResult) => void;
}

/** @throws what interrupts the run; what fails on this path alone is in the result */
export async function runPath(
  name: PathName,
  plan: BenchPlan,
  generatorPacketsPerSecond: number,
  scope: Scope,
  keep: Keep,
): Promise<PathResult> {
  let result: PathResult = {
    path: name,
    state: 'partial',
    reason: 'not ended yet',
    settings: {},
    ceiling: null,
    cpu: null,
    tail: null,
  };
  const add = (part: Partial<PathResult>) => {
    result = { ...result, ...part };
    keep.path(result);
  };
  // Of its own, so that one path is gone before the next is built: an idle guest takes time too.
  const cleanup = new Cleanup();
  const remove = scope.cleanup.add(`remove the ${name} path`, () => cleanup.run());
  const own: Scope = { ...scope, cleanup };
  try {
    const path = await buildPath(name, own, plan);
    const measuring = new Cleanup();
    const endMeasuring = cleanup.add('end measuring', () => measuring.run());
    await measurePath(path, plan, generatorPacketsPerSecond, { ...own, cleanup: measuring }, add);
    add({ state: 'measured', reason: null });
    await endMeasuring();
    if (plan.tools) await runTools(path, plan, own, keep.tool);
  } catch (error) {
    if (scope.signal.aborted) throw error;
    const isNothing = result.ceiling === null && result.tail === null;
    add({ state: isNothing ? 'failed' : 'partial', reason: reasonOf(error) });
  } finally {
    await remove();
  }
  return result;
}
