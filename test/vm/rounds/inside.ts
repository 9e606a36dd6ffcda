// Runs inside the VM: measures veth, tap and tun paths in several rounds.
import type { Scope } from '../../../src/bench/scope.js';
import { buildTun } from '../../../src/bench/topologies/tun.js';
import { claimingHere } from '../../../src/kernel/bpfObjects.js';
import { Flow } from '../inside/flow.js';
import { buildQueuedVeth } from '../inside/queuedVeth.js';
import { buildRelayedTap } from '../inside/tapPath.js';
import { tryPrograms } from './programTrials.js';
import { type Round, type RoundsReport, roundNames, type TracedWait } from './report.js';
import { type Lane, runRound } from './round.js';
import { traceStopped } from './traced.js';

const builders = [buildQueuedVeth, buildRelayedTap, buildTun];

export async function run(_variant: string, scope: Scope): Promise<RoundsReport> {
  scope.progress('trying each program');
  const claiming = claimingHere();
  const programs = tryPrograms();
  const rounds: Round[] = [];
  const traced: TracedWait[] = [];
  try {
    const lanes: Lane[] = [];
    for (const build of builders) {
      const path = await build(scope);
      lanes.push({ path, flow: new Flow(path) });
    }
    for (const name of roundNames) {
      scope.progress(`round: ${name}`);
      rounds.push(await runRound(name, lanes, scope));
    }
    scope.progress('trace');
    for (const lane of lanes) if (lane.path.name === 'tun') traced.push(...(await traceStopped(lane)));
    return { claiming, programs, rounds, traced, failure: null };
  } catch (error) {
    return {
      claiming,
      programs,
      rounds,
      traced,
      failure: error instanceof Error ? String(error.stack) : String(error),
    };
  }
}
