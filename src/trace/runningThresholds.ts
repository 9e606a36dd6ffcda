// Each segment's running p99.9: what the last ten to twenty seconds' waits rarely exceed.
import { bucketIndexOf, hdr, highestValueOf } from '../measure/hdr.js';
import type { Increment, Ledger, MeasuredDevice } from '../measure/increment.js';
import type { Segment } from '../measure/segments.js';

const share = 0.999;
/** From fewer there is no such figure. */
const leastSamples = 1_000;
/** So often what was counted before counts half. */
const halveMs = 10_000;

export class RunningThresholds implements Ledger {
  readonly #counts = new Map<MeasuredDevice, Map<Segment, Float64Array>>();
  #halvedMs: number;

  constructor(nowMs: number) {
    this.#halvedMs = nowMs;
  }

  add(device: MeasuredDevice, segment: Segment, { indices, counts, length }: Increment): void {
    const bySegment = this.#counts.get(device) ?? new Map<Segment, Float64Array>();
    this.#counts.set(device, bySegment);
    const histogram = bySegment.get(segment) ?? new Float64Array(hdr.countsLength);
    bySegment.set(segment, histogram);
    for (let place = 0; place < length; place++) {
      const index = indices[place] ?? 0;
      histogram[index] = (histogram[index] ?? 0) + (counts[place] ?? 0);
    }
  }

  addDrops(): void {}

  /** To be called about once a second: lets what is old fade, and devices that are gone. */
  fade(nowMs: number, devices: readonly MeasuredDevice[]): void {
    const present = new Set(devices);
    for (const device of this.#counts.keys()) if (!present.has(device)) this.#counts.delete(device);
    if (nowMs - this.#halvedMs < halveMs) return;
    this.#halvedMs = nowMs;
    for (const bySegment of this.#counts.values())
      for (const histogram of bySegment.values())
        histogram.forEach((count, index) => {
          histogram[index] = count / 2;
        });
  }

  /** ns; null: too few packets so far. */
  thresholdNs(device: MeasuredDevice, segment: Segment): number | null {
    const histogram = this.#counts.get(device)?.get(segment);
    if (!histogram) return null;
    const total = histogram.reduce((sum, count) => sum + count, 0);
    if (total < leastSamples) return null;
    let below = 0;
    const index = histogram.findIndex((count) => {
      below += count;
      return below >= share * total;
    });
    return index === bucketIndexOf(Number.MAX_SAFE_INTEGER) ? null : highestValueOf(index);
  }
}
