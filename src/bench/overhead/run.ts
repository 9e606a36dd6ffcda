// The whole comparison: pairs of turns, then the programs by themselves.
import { VifscopeError } from '../../errors.js';
import { costFigures } from '../cost/figures.js';
import { runRounds } from '../cost/rounds.js';
import { enableRunStatistics } from '../cost/runStatistics.js';
import { defaultLoad } from '../load/offerLoad.js';
import { removeLeftovers } from '../namespaces.js';
import type { BuiltPath } from '../path.js';
import { allowedCpus, pinningOn } from '../pinning.js';
import type { Scope } from '../scope.js';
import { comparePairs } from './figures.js';
import { LoadGround, type LoadRate } from './load.js';
import { off, vifscopeOn } from './observers.js';
import { remarksOn } from './remarks.js';
import type { OverheadReport } from './report.js';
import { takeTurns } from './turns.js';

export interface OverheadPlan {
  readonly pairs: number;
  readonly load: LoadRate;
}

/** Their turns are five a round; more rounds would take longer than the pairs. */
const programRounds = 3;

/** @throws VifscopeError UNSUPPORTED_HOST where nothing can be built or attached */
export async function measureOverhead(plan: OverheadPlan, scope: Scope): Promise<OverheadReport> {
  const startedAt = new Date().toISOString();
  await removeLeftovers();
  const pinning = pinningOn(allowedCpus());
  const ground = await LoadGround.open(plan.load, pinning, scope);
  const pairs = await takeTurns(
    [off, vifscopeOn(ground, scope)],
    plan.pairs,
    () => ground.run(),
    (round, name) => scope.progress(`pair ${round + 1} of ${plan.pairs}: ${name}`),
  );
  await ground.close();
  const { figures: programs, reason } = await measurePrograms(ground.path, plan, scope);
  const { packetsPerSecond } = plan.load;
  return {
    version: 1,
    startedAt,
    load: plan.load,
    pairs: plan.pairs,
    figures: comparePairs(pairs),
    programs,
    remarks: [
      ...remarksOn({ pairs, packetsPerSecond, isPinned: pinning !== null }),
      ...(reason === null ? [] : [`The programs by themselves were not measured: ${reason}`]),
    ],
  };
}

/** The statistics cost time themselves, so they are switched on when the pairs are over. */
async function measurePrograms(path: BuiltPath, { load }: OverheadPlan, scope: Scope) {
  const packets = Math.ceil(Math.min(load.packetsPerSecond, defaultLoad.packetsPerSecond) * load.seconds);
  try {
    enableRunStatistics(scope.cleanup);
    const rounds = await runRounds(path, { rounds: programRounds, packets, json: false }, scope);
    return { figures: costFigures(rounds), reason: null };
  } catch (error) {
    // Lost packets, above all: the pairs are worth telling without it.
    if (!(error instanceof VifscopeError) || scope.signal.aborted) throw error;
    return { figures: null, reason: error.message };
  }
}
