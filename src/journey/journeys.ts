// Follows sampled packets from device to device: ring of events → correlator → every open book of legs.
import type { JourneyTotals } from '../measure/snapshot.js';
import { Correlator, type JourneySink, type Point } from './correlator.js';
import { Sampling, sampleUpTo } from './sampling.js';
import { Unwrapped } from './unwrapped.js';

/** Half a second of 200,000 packets a second. */
const capacity = 131_072;

/** Far longer than a packet usually waits, and short enough for the journeys of that time to be remembered. */
export const defaultQuietMs = 500;

/** A journey leaves the table once it has been quiet, at the next look. */
const settlingQuietTimes = 1.5;

export interface JourneysOptions {
  /** One packet in so many is followed. */
  readonly every: number;
  /** A packet that no hook has seen for so long has arrived, or is lost. */
  readonly quietMs: number;
}

/** Takes one event; content in two halves, device as its first shard, process 0 where it is not known. */
export type EventHandler = (
  timeNs: number,
  contentHigh: number,
  contentLow: number,
  device: number,
  point: number,
  process: number,
) => void;

/** Where events come from, in the order in which they came about. */
export interface EventSource {
  read(handle: EventHandler): number;
}

/** How the programs are told what to sample, and what they have counted: modulo 2^32. */
export interface SamplingControl {
  /** null: nothing. */
  sampleUpTo: number | null;
  readonly eventsLost: number;
  readonly eventsWithoutContent: number;
}

export interface FollowingSink extends JourneySink {
  /** From now on one packet in so many is followed. */
  rate(every: number): void;
}

export class Journeys {
  readonly #ring: EventSource;
  readonly #control: SamplingControl;
  readonly #sinks = new Set<FollowingSink>();
  readonly #correlator: Correlator;
  readonly #sampling: Sampling;
  readonly #lost: Unwrapped;
  readonly #unrecognisable: Unwrapped;

  /** From now on packets are sampled. */
  constructor(ring: EventSource, control: SamplingControl, { every, quietMs }: JourneysOptions) {
    this.#ring = ring;
    this.#control = control;
    const all: JourneySink = {
      leg: (from, to, ns) => this.#tell((sink) => sink.leg(from, to, ns)),
      journey: (from, to, ns) => this.#tell((sink) => sink.journey(from, to, ns)),
      unreturned: (from) => this.#tell((sink) => sink.unreturned(from)),
    };
    this.#correlator = new Correlator(all, { capacity, quietNs: quietMs * 1e6 });
    this.#lost = new Unwrapped(control.eventsLost);
    this.#unrecognisable = new Unwrapped(control.eventsWithoutContent);
    this.#sampling = new Sampling(every, control.eventsLost, performance.now(), settlingQuietTimes * quietMs);
    control.sampleUpTo = sampleUpTo(every);
  }

  /** From now on it is told of all that comes out. */
  add(sink: FollowingSink): void {
    this.#sinks.add(sink);
  }

  remove(sink: FollowingSink): void {
    this.#sinks.delete(sink);
  }

  /** Takes in what the ring holds; to be called before it is full. @returns how many events */
  poll(): number {
    try {
      return this.#ring.read((timeNs, contentHigh, contentLow, device, point, process) =>
        this.#correlator.add(timeNs, contentHigh, contentLow, device, point as Point, process),
      );
    } finally {
      // Also where the ring is refused: what it has no room for meanwhile is lost all the same.
      this.#adapt();
    }
  }

  /** Ends what is over; to be called about once in the quiet time. What is unread by then may belong to it. */
  expire(nowNs: number = Number(process.hrtime.bigint())): void {
    this.poll();
    this.#correlator.expire(nowNs);
  }

  /** From now on events of this number are of another device. */
  reassign(device: number): void {
    this.#correlator.reassign(device);
  }

  /** From now on no journey begins; once none is under way, or it was quiet for long enough, end() ends the rest. */
  close(): void {
    this.#correlator.isClosing = true;
  }

  get isAnyUnderWay(): boolean {
    return this.#correlator.underWay > 0;
  }

  /** Samples no more. After close() and a quiet time each journey is as whole as it will be. */
  end(): void {
    try {
      this.poll();
    } finally {
      this.#control.sampleUpTo = null;
    }
    this.#correlator.expire(Number(process.hrtime.bigint()));
  }

  #adapt(): void {
    const { evicted } = this.#correlator.counts;
    if (!this.#sampling.adapt(this.#control.eventsLost, performance.now(), evicted)) return;
    const { every } = this.#sampling;
    this.#control.sampleUpTo = sampleUpTo(every);
    this.#tell((sink) => sink.rate(every));
  }

  #tell(told: (sink: FollowingSink) => void): void {
    for (const sink of this.#sinks) told(sink);
  }

  /** All so far. */
  get totals(): JourneyTotals {
    return {
      every: this.#sampling.every,
      ...this.#correlator.counts,
      lostEvents: this.#lost.follow(this.#control.eventsLost),
      unrecognisable: this.#unrecognisable.follow(this.#control.eventsWithoutContent),
    };
  }
}
