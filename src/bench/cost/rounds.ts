// Rounds over one path: in each, every variant sees the same load once, in an order that turns with the round.
import { VifscopeError } from '../../errors.js';
import { defaultLoad, offerLoad } from '../load.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import type { CostOptions } from './options.js';
import { type Runs, readRuns, runsBetween } from './runStatistics.js';
import { attachVariant, type VariantName, variantNames } from './variants.js';

/** One variant in one round. */
export interface Turn {
  /** Sent and received. */
  readonly packets: number;
  /** Runs by hook. On a host with other traffic there are more than packets. */
  readonly runs: ReadonlyMap<string, Runs>;
  /** The fewest packets that any segment has matched; null where nothing is measured. */
  readonly matched: number | null;
}

export type Round = Readonly<Record<VariantName, Turn>>;

export async function runRounds(path: BuiltPath, options: CostOptions, scope: Scope): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < options.rounds; round++) {
    scope.progress(`round ${round + 1} of ${options.rounds}`);
    const turns: Partial<Record<VariantName, Turn>> = {};
    for (const name of turned(variantNames, round)) turns[name] = await runTurn(name, path, options, scope);
    rounds.push(turns as Round);
  }
  return rounds;
}

/** So that no variant always comes first, when caches and clocks are still finding their pace. */
function turned<T>(items: readonly T[], places: number): readonly T[] {
  const first = places % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

async function runTurn(
  name: VariantName,
  path: BuiltPath,
  { packets }: CostOptions,
  scope: Scope,
): Promise<Turn> {
  const variant = await attachVariant(name, path, scope);
  const detach = scope.cleanup.add(`detach ${name}`, () => variant.close());
  try {
    const durationSeconds = packets / defaultLoad.packetsPerSecond;
    const before = readRuns();
    const { generator, sink } = await offerLoad(path, { ...defaultLoad, durationSeconds }, scope);
    const runs = runsBetween(before, readRuns());
    const turn = { packets: generator.sent, runs, matched: await variant.finish() };
    if (sink.received !== generator.sent) throw unusable('packets were lost on the way');
    if ((runs.get('net_dev_start_xmit')?.count ?? 0) < generator.sent)
      throw unusable('the kernel counted fewer runs than packets: something has switched its statistics off');
    return turn;
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
