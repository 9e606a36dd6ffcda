// The books of legs for the metrics: totals a leg over the life of the process, in the resolution that is exported.
// As with segments a counter never goes back: what a pair has counted stays, for the next one of the same names.
import { placesOf, rebound } from '../measure/bounds.js';
import { bucketIndexOf } from '../measure/hdr.js';
import type { MeasuredDevice } from '../measure/increment.js';
import type { LegLabels, LegSeries, UnreturnedSeries } from '../measure/series.js';
import type { SeriesLimits } from '../measure/seriesLedger.js';
import { SlidingMaximum } from '../measure/slidingMaximum.js';
import { type DeviceOf, type Leg, LegBooks, placeOf } from './legBooks.js';

interface Book {
  readonly labels: LegLabels;
  /** Not cumulative; one place a bound and one above all. */
  counts: number[];
  sumNs: number;
  matched: number;
  readonly maximum: SlidingMaximum;
}

/** Of the devices that are there. */
export interface LegReading {
  readonly legs: readonly LegSeries[];
  readonly unreturned: readonly UnreturnedSeries[];
}

export class LegSeriesLedger extends LegBooks {
  #limits: SeriesLimits;
  #places: Uint8Array;
  readonly #now: () => number;
  readonly #books = new Map<string, Book>();
  readonly #unreturned = new Map<string, number>();
  #present: ReadonlySet<string> = new Set();
  #turnedAway = 0;
  readonly #refused = new Set<string>();

  /** @param now a clock in ms that never goes back */
  constructor(deviceOf: DeviceOf, limits: SeriesLimits, now: () => number = () => performance.now()) {
    super(deviceOf);
    this.#limits = limits;
    this.#places = placesOf(limits.boundsNs);
    this.#now = now;
  }

  /** Legs for which there was no room, or that had to make room for others. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /** Changes limits while the counters go on. */
  reconfigure(limits: SeriesLimits): void {
    const before = this.#limits.boundsNs;
    this.#limits = limits;
    this.#places = placesOf(limits.boundsNs);
    for (const book of this.#books.values()) book.counts = rebound(book.counts, before, limits.boundsNs);
  }

  /** Who is there: legs of others are the first to make room. */
  callRoll(present: readonly MeasuredDevice[]): void {
    this.#present = new Set(present.map(placeOf));
  }

  reading(present: readonly MeasuredDevice[]): LegReading {
    this.callRoll(present);
    return {
      legs: [...this.#books.values()]
        .filter((book) => this.#isPresent(book))
        .map((book) => this.#seriesOf(book)),
      unreturned: present.flatMap((device) => {
        const packets = this.#unreturned.get(placeOf(device));
        return packets === undefined ? [] : [{ device: device.name, netns: device.netns, packets }];
      }),
    };
  }

  protected enter(leg: Leg, from: MeasuredDevice, to: MeasuredDevice, ns: number): void {
    const book = this.#bookOf({ from: placeOf(from), to: placeOf(to), leg });
    if (!book) return;
    const place = this.#places[bucketIndexOf(ns)] ?? 0;
    book.counts[place] = (book.counts[place] ?? 0) + 1;
    book.sumNs += ns;
    book.matched += 1;
    book.maximum.add(ns, this.#now(), this.#limits.maxWindowMs);
  }

  protected enterUnreturned(from: MeasuredDevice): void {
    const place = placeOf(from);
    if (!this.#unreturned.has(place) && this.#unreturned.size >= this.#limits.maxSeries) this.#refuse(place);
    else this.#unreturned.set(place, (this.#unreturned.get(place) ?? 0) + 1);
  }

  #bookOf(labels: LegLabels): Book | null {
    const key = keyOf(labels);
    const known = this.#books.get(key);
    if (known) return known;
    if (this.#books.size >= this.#limits.maxSeries && !this.#makeRoom()) {
      this.#refuse(key);
      return null;
    }
    const counts = new Array<number>(this.#limits.boundsNs.length + 1).fill(0);
    const made = { labels, counts, sumNs: 0, matched: 0, maximum: new SlidingMaximum() };
    this.#books.set(key, made);
    return made;
  }

  /** Tried again with all that it counts; told once. */
  #refuse(key: string): void {
    if (!this.#refused.has(key)) this.#turnedAway += 1;
    if (this.#refused.size < this.#limits.maxSeries) this.#refused.add(key);
  }

  #makeRoom(): boolean {
    for (const [key, book] of this.#books)
      if (!this.#isPresent(book)) {
        this.#turnedAway += 1;
        return this.#books.delete(key);
      }
    return false;
  }

  #isPresent({ labels: { from, to } }: Book): boolean {
    return this.#present.has(from) && this.#present.has(to);
  }

  #seriesOf({ labels, counts, sumNs, matched, maximum }: Book): LegSeries {
    const maxNs = maximum.at(this.#now(), this.#limits.maxWindowMs);
    return { labels, counts: counts.slice(), sumNs, matched, maxNs };
  }
}

/** A name can hold anything but NUL and a slash. */
const keyOf = ({ from, to, leg }: LegLabels): string => `${from}\0${to}\0${leg}`;
