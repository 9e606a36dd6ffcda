// From rounds to figures: differences within a round first, then the median over the rounds.
import type { Round, Turn } from './rounds.js';
import type { VariantName } from './variants.js';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface ProgramCost {
  readonly hook: string;
  /** From the device's queue to the receiving stack; false: the reader's part, after that. */
  readonly isEgressToReceive: boolean;
  readonly runsAPacket: number;
  readonly emptyNs: Spread;
  /** Above the empty program on the same hook in the same round; null: the variant has no program here. */
  readonly clockNs: Spread | null;
  readonly vifscopeNs: Spread | null;
  readonly backlogNs: Spread | null;
  readonly othersNs: Spread | null;
}

export interface CostFigures {
  readonly rounds: number;
  /** A round and variant, median. */
  readonly packets: number;
  /** Packets that vifscope did not match, over all rounds. */
  readonly unmatchedPackets: number;
  /** Runs for packets of others, in percent of the load's, over all turns. */
  readonly foreignRunsPercent: Spread;
  /** Hooks that ran for every packet, in the packet's order. */
  readonly programs: readonly ProgramCost[];
  /** All programs from egress to receive above as many empty ones. */
  readonly egressToReceiveNs: Spread;
  /** The same for a packet of devices that vifscope is not to measure. */
  readonly othersNs: Spread;
  readonly backlog: {
    readonly aboveEmptyNs: Spread;
    readonly twoClockReadsNs: Spread;
    /** Both above empty programs: what the target is about. */
    readonly ratio: Spread;
    /** Both as the kernel counts them, with what its statistics cost. */
    readonly ratioWithEmpty: Spread;
  };
}

export const targets = { egressToReceiveNs: 220, othersNs: 40, backlogRatio: 1.35 } as const;

/** In the packet's order. Of the receiving hooks a packet meets the first one or two, as its driver has it. */
const hookOrder = [
  'net_dev_queue',
  'net_dev_start_xmit',
  'net_dev_xmit',
  'napi_gro_receive_entry',
  'netif_receive_skb_entry',
  'netif_receive_skb',
  'kfree_skb',
  'skb_copy_datagram_iovec',
] as const;
/** These have a program on every hook that vifscope has one on. */
const common = ['empty', 'clock', 'vifscope', 'others'] as const;
const readerHook = 'skb_copy_datagram_iovec';

export function costFigures(rounds: readonly Round[]): CostFigures {
  const runsAPacket = (hook: string) =>
    spreadOf(rounds.map(({ empty }) => runsAPacketIn(empty, hook))).median;
  const over = (figure: (round: Round) => number): Spread => spreadOf(rounds.map(figure));
  const hooks = hookOrder.filter((hook) => common.every((name) => isThere(rounds, name, hook)));
  const egressToReceive = hooks.filter((hook) => hook !== readerHook);
  const sum = (round: Round, name: VariantName, on: readonly string[], cost = aboveEmptyNs) =>
    on.reduce((total, hook) => total + runsAPacket(hook) * cost(round, name, hook), 0);
  const backlogHooks = egressToReceive.filter((hook) => isThere(rounds, 'backlog', hook));
  return {
    rounds: rounds.length,
    packets: over((round) => round.vifscope.packets).median,
    unmatchedPackets: turnsOf(rounds).reduce(
      (total, { packets, matched }) => total + packets - (matched ?? packets),
      0,
    ),
    foreignRunsPercent: spreadOf(turnsOf(rounds).map((turn) => turn.foreignRunsPercent)),
    programs: hooks.map((hook) => {
      const above = (name: VariantName) =>
        isThere(rounds, name, hook) ? over((round) => aboveEmptyNs(round, name, hook)) : null;
      return {
        hook,
        isEgressToReceive: hook !== readerHook,
        runsAPacket: runsAPacket(hook),
        emptyNs: over((round) => runNs(round, 'empty', hook)),
        clockNs: above('clock'),
        vifscopeNs: above('vifscope'),
        backlogNs: above('backlog'),
        othersNs: above('others'),
      };
    }),
    egressToReceiveNs: over((round) => sum(round, 'vifscope', egressToReceive)),
    othersNs: over((round) => sum(round, 'others', egressToReceive)),
    backlog: {
      aboveEmptyNs: over((round) => sum(round, 'backlog', backlogHooks)),
      twoClockReadsNs: over((round) => sum(round, 'clock', backlogHooks)),
      ratio: over((round) => sum(round, 'backlog', backlogHooks) / sum(round, 'clock', backlogHooks)),
      ratioWithEmpty: over(
        (round) => sum(round, 'backlog', backlogHooks, runNs) / sum(round, 'clock', backlogHooks, runNs),
      ),
    },
  };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}

function runNs(round: Round, name: VariantName, hook: string): number {
  const { count, totalNs } = round[name].runs.get(hook) ?? { count: 0, totalNs: 0 };
  return totalNs / count;
}

const aboveEmptyNs = (round: Round, name: VariantName, hook: string): number =>
  runNs(round, name, hook) - runNs(round, 'empty', hook);

/** Runs now and then, for a packet of others, don't count. */
const isThere = (rounds: readonly Round[], name: VariantName, hook: string): boolean =>
  rounds.every((round) => runsAPacketIn(round[name], hook) > 0);

/** A whole number: what is over is other traffic. */
const runsAPacketIn = ({ runs, packets }: Turn, hook: string): number =>
  Math.round((runs.get(hook)?.count ?? 0) / packets);

const turnsOf = (rounds: readonly Round[]): Turn[] => rounds.flatMap((round) => Object.values(round));
