// The books of legs: a histogram for each pair of devices, beside those of the segments.
import { bucketIndexOf, hdr } from '../measure/hdr.js';
import { emptyLatencyCounts, figuresOf, type LatencyCounts } from '../measure/histogram.js';
import type { MeasuredDevice } from '../measure/increment.js';
import type { JourneySummary, LegLine } from '../measure/snapshot.js';
import { type Leg, LegBooks, placeOf } from './legBooks.js';

/** Its buckets: packets come one by one, and find theirs at once in an array of all. */
const legBytes = hdr.countsLength * 8;

interface Book {
  readonly leg: Leg;
  readonly from: MeasuredDevice;
  readonly to: MeasuredDevice;
  readonly latency: LatencyCounts;
}

export class LegLedger extends LegBooks {
  readonly #books = new Map<MeasuredDevice, Map<MeasuredDevice, Map<Leg, Book>>>();

  readonly #unreturned = new Map<MeasuredDevice, number>();
  #everyLeast = Number.POSITIVE_INFINITY;
  #everyMost = 0;

  /** Of the rates told: one packet in so many was followed. */
  get everyLeast(): number {
    return this.#everyLeast;
  }

  get everyMost(): number {
    return this.#everyMost;
  }

  override rate(every: number): void {
    this.#everyLeast = Math.min(this.#everyLeast, every);
    this.#everyMost = Math.max(this.#everyMost, every);
  }

  #legs = 0;

  /** Of memory that the books take, roughly. */
  get bytes(): number {
    return this.#legs * legBytes;
  }

  /** Packets read from each device and not written again. */
  get unreturnedPackets(): JourneySummary['unreturned'] {
    return [...this.#unreturned].map(([{ name, netns }, packets]) => ({ device: name, netns, packets }));
  }

  lines(): LegLine[] {
    return [...this.#books.values()]
      .flatMap((byTo) => [...byTo.values()].flatMap((byLeg) => [...byLeg.values()]))
      .map(({ leg, from, to, latency }) => ({
        from: placeOf(from),
        to: placeOf(to),
        leg,
        ...figuresOf(latency),
      }));
  }

  protected enter(leg: Leg, from: MeasuredDevice, to: MeasuredDevice, ns: number): void {
    const { latency } = this.#bookOf(leg, from, to);
    const index = bucketIndexOf(ns);
    latency.counts[index] = (latency.counts[index] ?? 0) + 1;
    latency.total += 1;
    latency.sumNs += ns;
    latency.minNs = Math.min(latency.minNs ?? ns, ns);
    latency.maxNs = Math.max(latency.maxNs ?? ns, ns);
  }

  protected enterUnreturned(from: MeasuredDevice): void {
    this.#unreturned.set(from, (this.#unreturned.get(from) ?? 0) + 1);
  }

  #bookOf(leg: Leg, from: MeasuredDevice, to: MeasuredDevice): Book {
    const byTo = entry(this.#books, from, () => new Map<MeasuredDevice, Map<Leg, Book>>());
    const byLeg = entry(byTo, to, () => new Map<Leg, Book>());
    return entry(byLeg, leg, () => {
      this.#legs += 1;
      return { leg, from, to, latency: emptyLatencyCounts() };
    });
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
