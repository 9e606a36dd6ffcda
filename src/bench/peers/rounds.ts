// Two passes over the same pair: what the programs take by the kernel's statistics, then what the whole host takes
// without these, which cost time themselves.
import { reasonOf } from '../../errors.js';
import { readProgramTotals } from '../cost/programTotals.js';
import { enableRunStatistics, type Runs } from '../cost/runStatistics.js';
import type { Loaded, LoadGround } from '../overhead/load.js';
import { type Observer, type Turn, takeTurns } from '../overhead/turns.js';
import type { Scope } from '../scope.js';
import { type ObserverName, observerNames, observers, type Watching } from './observers.js';

/** A turn under the statistics. */
export interface Counted {
  readonly packets: number;
  /** Null where no BPF program of it runs. */
  readonly runs: Runs | null;
}

/** By name; those that are absent have no turns. */
export type TurnsOf<T> = Readonly<Partial<Record<ObserverName, Turn<T>>>>;

export interface PeerRounds {
  readonly counted: readonly TurnsOf<Counted>[];
  readonly loaded: readonly TurnsOf<Loaded>[];
  readonly absent: readonly { readonly name: ObserverName; readonly reason: string }[];
}

export async function runPeerRounds(ground: LoadGround, rounds: number, scope: Scope): Promise<PeerRounds> {
  const { present, absent } = await findPresent(ground, scope);
  const tell = (pass: string) => (round: number, name: string) =>
    scope.progress(`${pass}, round ${round + 1} of ${rounds}: ${name}`);
  const switchOff = enableRunStatistics(scope.cleanup);
  const counted = await takeTurns(present, rounds, (one) => countRuns(ground, one), tell('programs'));
  await switchOff();
  const loaded = await takeTurns(present, rounds, () => ground.run(), tell('host'));
  return { counted, loaded, absent };
}

async function countRuns(ground: LoadGround, { programsPid }: Watching): Promise<Counted> {
  if (programsPid === null) return { packets: await ground.sendOneWay(), runs: null };
  const before = readProgramTotals(programsPid);
  const packets = await ground.sendOneWay();
  const after = readProgramTotals(programsPid);
  return {
    packets,
    runs: { count: after.count - before.count, totalNs: after.totalNs - before.totalNs },
  };
}

/** Each is tried once: a tool that is not there, or does not run here, is told of and left out. */
async function findPresent(ground: LoadGround, scope: Scope) {
  const present: Observer<ObserverName, Watching>[] = [];
  const absent: { name: ObserverName; reason: string }[] = [];
  for (const name of observerNames) {
    const { attach, isTool } = observers[name];
    const observer = { name, attach: () => attach(ground, scope) };
    try {
      if (isTool) await (await observer.attach()).end();
      present.push(observer);
    } catch (error) {
      if (scope.signal.aborted) throw error;
      absent.push({ name, reason: reasonOf(error) });
    }
  }
  return { present, absent };
}
