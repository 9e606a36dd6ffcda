// Correlates the events of sampled packets into journeys: one packet, recognised by its content, from hook to hook.
// In: events in the order of the kernel's ring, which is that of cause and effect. Out: legs and whole journeys.
// The same content twice under way can't be told apart, by order neither (docs/journeys.md): such a journey is counted as
// ambiguous and makes no sample.
import type { JourneyCounts } from '../measure/snapshot.js';
import { JourneyTable, mostLegs } from './journeyTable.js';
import { anyTurn, beginnings, type Point, points, turnBits } from './turns.js';

export { type Point, points };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** How far one CPU's clock may be ahead of another's; an event earlier than that is out of turn. */
const clockSkewNs = 100_000;

/** What comes of it. Devices by their number in the events, times in ns. */
export interface JourneySink {
  /** From a process's read on one device to its write on another: the forwarder's or the guest's own time. */
  leg(from: number, to: number, residenceNs: number): void;
  /** A process has read it and not written it again itself: kept, changed, lost there, or another has written it. */
  unreturned(from: number): void;
  /** From the first hook to the last. */
  journey(from: number, to: number, durationNs: number): void;
}

export interface JourneyLimits {
  /** Journeys under way at once; a power of two, from 8. */
  readonly capacity: number;
  /** A journey without an event for so long is over. */
  readonly quietNs: number;
}

/** A leg is told when its journey is over: until then a second packet of the same content may come to light. */
export class Correlator {
  readonly counts: Mutable<JourneyCounts> = {
    begun: 0,
    whole: 0,
    partial: 0,
    ambiguous: 0,
    overlong: 0,
    evicted: 0,
  };
  readonly #sink: JourneySink;
  readonly #quietNs: number;
  readonly #table: JourneyTable;
  /** From now on no journey begins; those under way go on. */
  isClosing = false;

  constructor(sink: JourneySink, { capacity, quietNs }: JourneyLimits) {
    this.#sink = sink;
    this.#quietNs = quietNs;
    this.#table = new JourneyTable(capacity);
  }

  /** Journeys that are not over yet. */
  get underWay(): number {
    const { begun, whole, partial, ambiguous, evicted } = this.counts;
    return begun - whole - partial - ambiguous - evicted;
  }

  /**
   * @param timeNs when the packet passed the hook; for fromUser, when the write of it began
   * @param process that read or wrote it; 0: not known
   */
  add(timeNs: number, keyHigh: number, keyLow: number, device: number, point: Point, process = 0): void {
    const table = this.#table;
    let at = table.find(keyHigh, keyLow);
    if (at >= 0 && this.#isOver(at, timeNs)) {
      this.#end(at);
      at = -1;
    }
    if (at < 0) {
      if (this.isClosing) return;
      at = this.#begin(timeNs, keyHigh, keyLow, device);
      table.isRest[at] = Number(!((beginnings >> point) & 1));
    }
    const isInTurn =
      ((table.nextPoints[at] ?? 0) >> point) & 1 && timeNs >= (table.lastNs[at] ?? 0) - clockSkewNs;
    if (!isInTurn || !table.pass(at, device, point)) table.isAmbiguous[at] = 1;
    table.nextPoints[at] = turnBits[point] ?? 0;
    if (point === points.fromUser) table.endLeg(at, device, timeNs, process);
    if (point === points.toUser) {
      table.takenNs[at] = timeNs;
      table.takenFrom[at] = device;
      table.takenBy[at] = process;
    }
    table.lastNs[at] = Math.max(table.lastNs[at] ?? 0, timeNs);
    table.lastDevice[at] = device;
  }

  /** Ends the journeys that are over; to be called about as often as a journey may be quiet, when all events are in. */
  expire(nowNs: number): void {
    const table = this.#table;
    for (let at = 0; at < table.capacity; at++)
      if (table.hooksAt(at) > 0 && this.#isOver(at, nowNs)) this.#end(at);
  }

  /** Another device has this number from now on: which of the two a journey under way has met is not to be told. */
  reassign(device: number): void {
    for (let at = 0; at < this.#table.capacity; at++)
      if (this.#table.hasPassed(at, device)) this.#table.isAmbiguous[at] = 1;
  }

  /** So far ahead it was never: the clock has been set back. */
  #isOver(at: number, nowNs: number): boolean {
    return Math.abs(nowNs - (this.#table.lastNs[at] ?? 0)) > this.#quietNs;
  }

  #begin(timeNs: number, keyHigh: number, keyLow: number, device: number): number {
    const table = this.#table;
    const at = table.placeFor(keyLow);
    if (table.hooksAt(at) > 0) {
      if (this.#isOver(at, timeNs)) this.#end(at);
      else {
        this.counts.evicted += 1;
        table.giveUp(at, timeNs);
      }
    }
    this.counts.begun += 1;
    table.take(at, keyHigh, keyLow);
    // Events of the one that was given up may come yet.
    table.isDoubtful[at] = Number(table.wasGivenUp(at, timeNs, this.#quietNs));
    table.isAmbiguous[at] = 0;
    table.nextPoints[at] = anyTurn;
    table.firstNs[at] = timeNs;
    table.lastNs[at] = timeNs;
    table.firstDevice[at] = device;
    return at;
  }

  #end(at: number): void {
    const { counts } = this;
    const table = this.#table;
    const hooks = table.hooksAt(at);
    table.free(at);
    if (table.isAmbiguous[at] || table.isDoubtful[at]) {
      counts[table.isAmbiguous[at] ? 'ambiguous' : 'partial'] += 1;
      counts.overlong += table.isOverlong[at] ?? 0;
      return;
    }
    if (!Number.isNaN(table.takenNs[at])) this.#sink.unreturned(table.takenFrom[at] ?? 0);
    const legs = table.legs[at] ?? 0;
    for (let place = at * mostLegs; place < at * mostLegs + legs; place++) {
      const [from = 0, to = 0, ns = Number.NaN] = [
        table.legFrom[place],
        table.legTo[place],
        table.legNs[place],
      ];
      if (Number.isNaN(ns)) this.#sink.unreturned(from);
      else this.#sink.leg(from, to, ns);
    }
    if (hooks === 1 || table.isRest[at]) {
      counts.partial += 1;
      return;
    }
    counts.whole += 1;
    const durationNs = (table.lastNs[at] ?? 0) - (table.firstNs[at] ?? 0);
    this.#sink.journey(table.firstDevice[at] ?? 0, table.lastDevice[at] ?? 0, durationNs);
  }
}
