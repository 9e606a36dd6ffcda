// Rounds over one path: in each, every variant sees the same load once, in an order that turns with the round.
import { setTimeout as sleep } from 'node:timers/promises';
import { VifscopeError } from '../../errors.js';
import { defaultLoad, offerLoad } from '../load/offerLoad.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import type { CostOptions } from './options.js';
import { type Runs, readRuns, runsBetween } from './runStatistics.js';
import { attachVariant, type VariantName, variantNames } from './variants.js';

/** One variant in one round. */
export interface Turn {
  /** Sent and received. */
  readonly packets: number;
  /** Runs by hook. */
  readonly runs: ReadonlyMap<string, Runs>;
  /** Runs for packets of others, in percent of the load's. Such runs are cheaper and water the averages down. */
  readonly foreignRunsPercent: number;
  /** The fewest packets that any segment has matched; null where nothing is measured. */
  readonly matched: number | null;
}

export const tolerableForeignPercent = 2;
const turnAttempts = 8;
const quietWaitMs = 500;

export type Round = Readonly<Record<VariantName, Turn>>;

export async function runRounds(path: BuiltPath, options: CostOptions, scope: Scope): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < options.rounds; round++) {
    scope.progress(`round ${round + 1} of ${options.rounds}`);
    const turns: Partial<Record<VariantName, Turn>> = {};
    for (const name of turned(variantNames, round))
      turns[name] = await runQuietTurn(name, path, options, scope);
    rounds.push(turns as Round);
  }
  return rounds;
}

/** So that no variant always comes first, when caches and clocks are still finding their pace. */
function turned<T>(items: readonly T[], places: number): readonly T[] {
  const first = places % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

/** Tracepoints are the whole host's: a turn that fell together with other traffic is run again. */
async function runQuietTurn(
  name: VariantName,
  path: BuiltPath,
  options: CostOptions,
  scope: Scope,
): Promise<Turn> {
  let quietest = await runTurn(name, path, options, scope);
  for (let attempt = 1; quietest.foreignRunsPercent > tolerableForeignPercent; attempt++) {
    if (attempt === turnAttempts) break;
    scope.progress(`again: ${quietest.foreignRunsPercent.toFixed(1)} % other traffic`);
    await sleep(quietWaitMs, undefined, { signal: scope.signal });
    const turn = await runTurn(name, path, options, scope);
    if (turn.foreignRunsPercent < quietest.foreignRunsPercent) quietest = turn;
  }
  return quietest;
}

async function runTurn(
  name: VariantName,
  path: BuiltPath,
  options: CostOptions,
  scope: Scope,
): Promise<Turn> {
  const variant = await attachVariant(name, path, scope);
  const detach = scope.cleanup.add(`detach ${name}`, () => variant.close());
  try {
    const durationSeconds = options.packets / defaultLoad.packetsPerSecond;
    const before = readRuns();
    const { generator, sink } = await offerLoad(path, { ...defaultLoad, durationSeconds }, scope);
    const runs = runsBetween(before, readRuns());
    const matched = await variant.finish();
    const packets = generator.sent;
    if (sink.received !== packets) throw unusable('packets were lost on the way');
    const counted = runs.get('net_dev_start_xmit')?.count ?? 0;
    if (counted < packets)
      throw unusable('the kernel counted fewer runs than packets: its statistics were off');
    return { packets, runs, matched, foreignRunsPercent: (counted / packets - 1) * 100 };
  } finally {
    await detach();
  }
}

const unusable = (reason: string): VifscopeError =>
  new VifscopeError({
    code: 'FAILED',
    operation: 'measure',
    object: 'the cost of a packet',
    reason,
    remedy: 'run it again with nothing else busy on this host',
  });
