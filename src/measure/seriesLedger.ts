// The books of the metrics: totals a set of labels over the life of the process, in the resolution that is exported.
// A counter never goes back: what a device has counted stays when it goes, for the next one of the same labels.
import { placesOf, rebound } from './bounds.js';
import {
  type Increment,
  type Ledger,
  type MeasuredDevice,
  noOutcomes,
  type Outcomes,
  outcomes,
} from './increment.js';
import type { InFlightOf } from './intervalLedger.js';
import { type Segment, segmentsOf } from './segments.js';
import type { DropSeries, SegmentLabels, SegmentSeries, SeriesLabels } from './series.js';
import { SlidingMaximum } from './slidingMaximum.js';

export interface SeriesLimits {
  /** Upper bounds in ns, rising, as from snapBounds(). */
  readonly boundsNs: readonly number[];
  /** Sets of labels that are remembered: one a device, and one a segment of it. */
  readonly maxSeries: number;
  /** Over how long the greatest wait is shown. */
  readonly maxWindowMs: number;
}

interface SegmentBook extends Outcomes {
  readonly labels: SegmentLabels;
  /** Not cumulative; one place a bound and one above all. */
  counts: number[];
  sumNs: number;
  readonly maximum: SlidingMaximum;
  matched: number;
}

interface DeviceBook {
  readonly labels: SeriesLabels;
  readonly segments: Map<Segment, SegmentBook>;
  readonly drops: Map<string, number>;
  /** The last roll call that had such a device. */
  lastCall: number;
}

export class SeriesLedger implements Ledger {
  #limits: SeriesLimits;
  #places: Uint8Array;
  readonly #now: () => number;
  readonly #books = new Map<string, DeviceBook>();
  #series = 0;
  #rollCalls = 0;
  #turnedAwayCount = 0;
  readonly #turnedAway = new WeakSet<MeasuredDevice>();

  /** @param now a clock in ms that never goes back */
  constructor(limits: SeriesLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#places = placesOf(limits.boundsNs);
    this.#now = now;
  }

  get boundsNs(): readonly number[] {
    return this.#limits.boundsNs;
  }

  /**
   * Sets of labels for which there was no room, or that had to make room for others: were such a device to come
   * back, its counters would start from zero.
   */
  get turnedAway(): number {
    return this.#turnedAwayCount;
  }

  add(device: MeasuredDevice, segment: Segment, increment: Increment): void {
    const book = this.#bookOf(device, segment);
    if (!book) return;
    book.matched += increment.matched;
    for (const outcome of outcomes) book[outcome] += increment[outcome];
    book.sumNs += increment.sumNs;
    const { indices, counts, length, maxNs } = increment;
    for (let at = 0; at < length; at++) {
      const place = this.#places[indices[at] ?? 0] ?? 0;
      book.counts[place] = (book.counts[place] ?? 0) + (counts[at] ?? 0);
    }
    if (maxNs !== null) book.maximum.add(maxNs, this.#now(), this.#limits.maxWindowMs);
  }

  addDrops(device: MeasuredDevice, reason: string, count: number): void {
    const drops = this.#deviceBookOf(device)?.drops;
    drops?.set(reason, (drops.get(reason) ?? 0) + count);
  }

  /** Who is there: the books of the others stay closed, and are the first to make room. */
  callRoll(present: readonly MeasuredDevice[]): void {
    this.#rollCalls += 1;
    for (const device of present) {
      const book = this.#books.get(keyOf(device));
      if (book) book.lastCall = this.#rollCalls;
    }
  }

  /** The series of the devices that are there. */
  reading(present: readonly MeasuredDevice[], inFlightOf: InFlightOf): ReadSeries {
    this.callRoll(present);
    const [segments, drops]: [SegmentSeries[], DropSeries[]] = [[], []];
    for (const device of new Map(present.map((device) => [keyOf(device), device])).values()) {
      const book = this.#books.get(keyOf(device));
      if (!book) continue;
      for (const segment of segmentsOf(device.kind)) {
        const totals = book.segments.get(segment);
        if (totals) segments.push(this.#seriesOf(totals, inFlightOf(device, segment)));
      }
      for (const [reason, count] of book.drops) drops.push({ ...book.labels, reason, count });
    }
    return { boundsNs: this.#limits.boundsNs, segments, drops };
  }

  /**
   * Changes limits while the counters go on: a bound that stays keeps its count; a new one starts with that of
   * the next lower bound that stays, so that rates are right from now on.
   */
  reconfigure(limits: SeriesLimits): void {
    const before = this.#limits.boundsNs;
    this.#limits = limits;
    this.#places = placesOf(limits.boundsNs);
    for (const { segments } of this.#books.values())
      for (const book of segments.values()) book.counts = rebound(book.counts, before, limits.boundsNs);
  }

  #seriesOf(book: SegmentBook, inFlight: number): SegmentSeries {
    const { labels, sumNs, matched, started, dropped, expired, evicted, unmatched } = book;
    const maxNs = book.maximum.at(this.#now(), this.#limits.maxWindowMs);
    const counts = book.counts.slice();
    // Each by its name: spreading what is left of the book takes fifteen times as long.
    const outcomes = { started, dropped, expired, evicted, unmatched };
    return { labels, counts, sumNs, maxNs, matched, ...outcomes, inFlight };
  }

  #bookOf(device: MeasuredDevice, segment: Segment): SegmentBook | null {
    const book = this.#deviceBookOf(device);
    const known = book?.segments.get(segment);
    if (known) return known;
    if (!book || !this.#makeRoom(device)) return null;
    const counts = zeros(this.#limits.boundsNs.length + 1);
    const labels = { ...book.labels, segment };
    const made = { labels, counts, sumNs: 0, maximum: new SlidingMaximum(), matched: 0, ...noOutcomes };
    book.segments.set(segment, made);
    return made;
  }

  #deviceBookOf(device: MeasuredDevice): DeviceBook | null {
    const key = keyOf(device);
    const known = this.#books.get(key);
    if (known) {
      // What counts makes no room for others, though it may have come back since the last roll call.
      known.lastCall = this.#rollCalls;
      return known;
    }
    if (!this.#makeRoom(device)) return null;
    const { name, netns, kind } = device;
    const labels = { device: name, netns, kind };
    const made = { labels, segments: new Map(), drops: new Map(), lastCall: this.#rollCalls };
    this.#books.set(key, made);
    return made;
  }

  /** Takes room for one more set, of devices that are gone where there is no other: the longest gone first. */
  #makeRoom(newcomer: MeasuredDevice): boolean {
    while (this.#series >= this.#limits.maxSeries) {
      const absent = [...this.#books].filter(([, book]) => book.lastCall < this.#rollCalls);
      const [oldest] = absent.toSorted(([, a], [, b]) => a.lastCall - b.lastCall);
      if (!oldest) {
        // Tried again with all that it counts; told once.
        if (!this.#turnedAway.has(newcomer)) this.#turnedAwayCount += 1;
        this.#turnedAway.add(newcomer);
        return false;
      }
      const [key, { segments }] = oldest;
      this.#books.delete(key);
      this.#series -= 1 + segments.size;
      this.#turnedAwayCount += 1 + segments.size;
    }
    this.#series += 1;
    return true;
  }
}

export interface ReadSeries {
  readonly boundsNs: readonly number[];
  readonly segments: readonly SegmentSeries[];
  readonly drops: readonly DropSeries[];
}

/** Asked for some thousand times a scrape: a string is made only where a device is new, or has another name. */
const keys = new WeakMap<MeasuredDevice, { readonly name: string; readonly key: string }>();

/** A name can hold anything but NUL and a slash. */
function keyOf(device: MeasuredDevice): string {
  const { netns, name, kind } = device;
  const known = keys.get(device);
  if (known?.name === name) return known.key;
  const key = `${netns}\0${name}\0${kind}`;
  keys.set(device, { name, key });
  return key;
}

/** A plain array: 200 of them are copied for a scrape, and of a typed one each copy is an allocation outside the heap. */
const zeros = (length: number): number[] => new Array<number>(length).fill(0);
