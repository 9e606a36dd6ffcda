// The books of legs: a histogram for each pair of devices, beside those of the segments.
import { bucketIndexOf } from '../measure/hdr.js';
import { emptyLatencyCounts, figuresOf, type LatencyCounts } from '../measure/histogram.js';
import type { MeasuredDevice } from '../measure/increment.js';
import type { JourneySummary, LegLine } from '../measure/snapshot.js';
import type { JourneySink } from './correlator.js';

type Leg = LegLine['leg'];

interface Book {
  readonly leg: Leg;
  readonly from: MeasuredDevice;
  readonly to: MeasuredDevice;
  readonly latency: LatencyCounts;
}

/** The device of this number in the events; null: not known any more. */
export type DeviceOf = (number: number) => MeasuredDevice | null;

export class LegLedger implements JourneySink {
  readonly #deviceOf: DeviceOf;
  readonly #books = new Map<MeasuredDevice, Map<MeasuredDevice, Map<Leg, Book>>>();

  readonly #unreturned = new Map<MeasuredDevice, number>();

  constructor(deviceOf: DeviceOf) {
    this.#deviceOf = deviceOf;
  }

  leg(from: number, to: number, residenceNs: number): void {
    // Who reads a tap is a guest, or what forwards frames as one; a tun's reader is a forwarder.
    this.#add((device) => (device.kind === 'tap' ? 'guest' : 'forwarder'), from, to, residenceNs);
  }

  journey(from: number, to: number, durationNs: number): void {
    this.#add(() => 'end_to_end', from, to, durationNs);
  }

  unreturned(from: number): void {
    const device = this.#deviceOf(from);
    if (device) this.#unreturned.set(device, (this.#unreturned.get(device) ?? 0) + 1);
  }

  /** Packets read from each device and not written again. */
  get unreturnedPackets(): JourneySummary['unreturned'] {
    return [...this.#unreturned].map(([{ name, netns }, packets]) => ({ device: name, netns, packets }));
  }

  lines(): LegLine[] {
    return [...this.#books.values()]
      .flatMap((byTo) => [...byTo.values()].flatMap((byLeg) => [...byLeg.values()]))
      .map(({ leg, from, to, latency }) => ({
        from: nameOf(from),
        to: nameOf(to),
        leg,
        ...figuresOf(latency),
      }));
  }

  #add(legOf: (from: MeasuredDevice) => Leg, fromNumber: number, toNumber: number, ns: number): void {
    const from = this.#deviceOf(fromNumber);
    const to = this.#deviceOf(toNumber);
    if (!from || !to) return;
    const { latency } = this.#bookOf(legOf(from), from, to);
    const index = bucketIndexOf(ns);
    latency.counts[index] = (latency.counts[index] ?? 0) + 1;
    latency.total += 1;
    latency.sumNs += ns;
    latency.minNs = Math.min(latency.minNs ?? ns, ns);
    latency.maxNs = Math.max(latency.maxNs ?? ns, ns);
  }

  #bookOf(leg: Leg, from: MeasuredDevice, to: MeasuredDevice): Book {
    const byTo = entry(this.#books, from, () => new Map<MeasuredDevice, Map<Leg, Book>>());
    const byLeg = entry(byTo, to, () => new Map<Leg, Book>());
    return entry(byLeg, leg, () => ({ leg, from, to, latency: emptyLatencyCounts() }));
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

const nameOf = ({ netns, name }: MeasuredDevice): string => `${netns}/${name}`;
