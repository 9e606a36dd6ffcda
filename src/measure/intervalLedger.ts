// What an interval has counted, in full resolution: opened at some moment, read at a later one.
import { BucketCounts } from './bucketCounts.js';
import type { Latency } from './histogram.js';
import {
  type Increment,
  type Ledger,
  type MeasuredDevice,
  noOutcomes,
  type Outcomes,
  outcomes,
} from './increment.js';
import type { DeviceReading } from './reading.js';
import { type Segment, segmentsOf } from './segments.js';

interface SegmentBook extends Outcomes {
  readonly latency: Latency<BucketCounts>;
}

interface DeviceBook {
  readonly segments: Map<Segment, SegmentBook>;
  readonly drops: Map<string, number>;
}

/** Packets of a device and segment that wait at the moment of the reading. */
export type InFlightOf = (device: MeasuredDevice, segment: Segment) => number;

export interface IntervalLimits {
  /** Which devices are booked; asked when a device first counts something. */
  readonly isWanted: (netns: string, name: string) => boolean;
  /** Devices beyond, those gone meanwhile included, are turned away and counted. */
  readonly mostDevices: number;
  /** Whether there is memory for one more device, where it is bounded; asked when a device first counts something. */
  readonly hasRoom?: () => boolean;
}

/** What the books of a segment take besides its counts, in objects and in what allocating wastes: seen with 15,000 of them. */
const segmentBytes = 1_500;

export class IntervalLedger implements Ledger {
  readonly #limits: IntervalLimits;
  readonly #books = new Map<MeasuredDevice, DeviceBook>();
  readonly #turnedAway = new WeakSet<MeasuredDevice>();
  #turnedAwayCount = 0;
  #bytes = 0;

  constructor(limits: IntervalLimits) {
    this.#limits = limits;
  }

  /** Devices for which the interval had no room. */
  get devicesTurnedAway(): number {
    return this.#turnedAwayCount;
  }

  /** Of memory that the books take, roughly. */
  get bytes(): number {
    return this.#bytes;
  }

  /** At the opening: packets already under way count as started, since they too wait in this interval. */
  carry(device: MeasuredDevice, segment: Segment, packets: number): void {
    const book = this.#bookOf(device);
    if (book) this.#segmentOf(book, segment).started += packets;
  }

  add(device: MeasuredDevice, segment: Segment, increment: Increment): void {
    const book = this.#bookOf(device);
    if (!book) return;
    const into = this.#segmentOf(book, segment);
    for (const outcome of outcomes) into[outcome] += increment[outcome];
    const before = into.latency.counts.bytes;
    addSamples(into.latency, increment);
    this.#bytes += into.latency.counts.bytes - before;
  }

  addDrops(device: MeasuredDevice, reason: string, count: number): void {
    const drops = this.#bookOf(device)?.drops;
    drops?.set(reason, (drops.get(reason) ?? 0) + count);
  }

  reading(inFlightOf: InFlightOf): DeviceReading[] {
    return [...this.#books].map(([device, { segments, drops }]) => {
      const { name, netns, netnsInum, ifindex, kind, peer } = device;
      const peerName = peer && `${peer.netns}/${peer.name}`;
      const readings = segmentsOf(kind).flatMap((segment) => {
        const book = segments.get(segment);
        return book ? [{ segment, ...book, inFlight: inFlightOf(device, segment) }] : [];
      });
      return { name, netns, netnsInum, ifindex, kind, peer: peerName, segments: readings, drops };
    });
  }

  #bookOf(device: MeasuredDevice): DeviceBook | null {
    const known = this.#books.get(device);
    if (known) return known;
    if (!this.#limits.isWanted(device.netns, device.name)) return null;
    const { mostDevices, hasRoom } = this.#limits;
    if (this.#books.size >= mostDevices || hasRoom?.() === false) {
      if (!this.#turnedAway.has(device)) this.#turnedAwayCount += 1;
      this.#turnedAway.add(device);
      return null;
    }
    const book = { segments: new Map(), drops: new Map() };
    this.#books.set(device, book);
    return book;
  }

  #segmentOf({ segments }: DeviceBook, segment: Segment): SegmentBook {
    const known = segments.get(segment);
    if (known) return known;
    const latency = { counts: new BucketCounts(), sumNs: 0, minNs: null, maxNs: null, total: 0 };
    const book = { latency, ...noOutcomes };
    segments.set(segment, book);
    this.#bytes += segmentBytes;
    return book;
  }
}

function addSamples(latency: Latency<BucketCounts>, increment: Increment): void {
  const { minNs, maxNs } = increment;
  latency.counts.add(increment);
  latency.total += increment.matched;
  latency.sumNs += increment.sumNs;
  if (minNs !== null) latency.minNs = Math.min(latency.minNs ?? minNs, minNs);
  if (maxNs !== null) latency.maxNs = Math.max(latency.maxNs ?? maxNs, maxNs);
}
