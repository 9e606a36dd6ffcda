// From turns to figures: differences and ratios within a round first, then over all rounds. Pure.
import { type Interval, medianInterval } from '../overhead/interval.js';
import type { Loaded } from '../overhead/load.js';
import { type ObserverName, observerNames } from './observers.js';
import type { Counted, PeerRounds, TurnsOf } from './rounds.js';

/** In each: the median over the rounds, and what it lies between. Null: it is not known of this observer. */
export interface PeerFigures {
  readonly name: ObserverName;
  /** A packet's, in BPF programs, above empty ones. */
  readonly programNs: Interval | null;
  /** The same, by that of vifscope measuring the backlog alone: the same work. */
  readonly timesBacklog: Interval | null;
  /** The whole host's CPU time for a round trip, above that of the same round with nothing attached. */
  readonly addedCpuNs: Interval | null;
  /** What a packet takes longer at the sender's ceiling: programs, and what calls them. */
  readonly addedAtCeilingNs: Interval | null;
  /** The sender's ceiling, by that with nothing attached. */
  readonly ceilingShare: Interval | null;
}

export interface PeersReport {
  readonly version: 1;
  readonly rounds: number;
  readonly peers: readonly PeerFigures[];
  /** Vifscope measuring the backlog alone, by two clock reads. */
  readonly backlogByClock: Interval | null;
  readonly absent: PeerRounds['absent'];
}

export const targets = { bpftrace: 5, hash: 3, backlogByClock: 1.35 } as const;

export function peersReport({ counted, loaded, absent }: PeerRounds): PeersReport {
  const programs = counted.map(aboveEmpty);
  const ratios = (of: ObserverName, by: ObserverName) =>
    overRounds(programs, (round) => quotient(round[of], round[by]));
  return {
    version: 1,
    rounds: counted.length,
    peers: observerNames
      .filter((name) => !absent.some((one) => one.name === name))
      .map((name) => ({
        name,
        programNs: overRounds(programs, (round) => round[name]),
        timesBacklog: ratios(name, 'backlog'),
        addedCpuNs: overRounds(loaded, (round) => difference(round[name]?.load.cpuNs, round.off?.load.cpuNs)),
        addedAtCeilingNs: overRounds(loaded, (round) =>
          difference(packetNs(round, name), packetNs(round, 'off')),
        ),
        ceilingShare: overRounds(loaded, (round) =>
          quotient(round[name]?.load.ceilingPacketsPerSecond, round.off?.load.ceilingPacketsPerSecond),
        ),
      })),
    backlogByClock: ratios('backlog', 'clock'),
    absent,
  };
}

type Known = number | null | undefined;

/** A packet's ns in programs, less what as many empty programs took in the same round. */
function aboveEmpty(round: TurnsOf<Counted>) {
  const empty = round.empty?.load.runs;
  const emptyNs = empty ? empty.totalNs / empty.count : null;
  const figures: Partial<Record<ObserverName, number>> = {};
  for (const name of observerNames) {
    const { runs = null, packets = 0 } = round[name]?.load ?? {};
    if (runs && emptyNs !== null && packets > 0)
      figures[name] = (runs.totalNs - emptyNs * runs.count) / packets;
  }
  return figures;
}

/** At the sender's ceiling. */
const packetNs = (round: TurnsOf<Loaded>, name: ObserverName): Known =>
  quotient(1e9, round[name]?.load.ceilingPacketsPerSecond);

const difference = (a: Known, b: Known): Known => (a == null || b == null ? null : a - b);
const quotient = (a: Known, b: Known): Known => (a == null || b == null || b <= 0 ? null : a / b);

function overRounds<R>(rounds: readonly R[], figure: (round: R) => Known): Interval | null {
  const values = rounds.map(figure).filter((value) => value !== null && value !== undefined);
  return values.length === 0 ? null : medianInterval(values);
}
