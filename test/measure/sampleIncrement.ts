// Devices that can be renamed and increments made of waits, for the tests of what is booked.
import { bucketIndexOf } from '../../src/measure/hdr.js';
import type { Increment, MeasuredDevice } from '../../src/measure/increment.js';
import type { DeviceKind } from '../../src/measure/segments.js';

export class SampleDevice implements MeasuredDevice {
  name: string;
  readonly netns: string;
  readonly kind: DeviceKind;
  readonly netnsInum = 1;
  readonly ifindex = 1;
  readonly peer = null;

  constructor(name: string, netns = 'host', kind: DeviceKind = 'veth') {
    this.name = name;
    this.netns = netns;
    this.kind = kind;
  }
}

/** What is counted when packets have waited so long; all of them have started in the same time. */
export function incrementOf(waitsNs: readonly number[], others: Partial<Increment> = {}): Increment {
  const buckets = new Map<number, number>();
  for (const waitNs of waitsNs) {
    const index = bucketIndexOf(waitNs);
    buckets.set(index, (buckets.get(index) ?? 0) + 1);
  }
  const matched = waitsNs.length;
  return {
    length: buckets.size,
    indices: Uint16Array.from(buckets.keys()),
    counts: Float64Array.from(buckets.values()),
    matched,
    sumNs: waitsNs.reduce((sum, waitNs) => sum + waitNs, 0),
    minNs: matched === 0 ? null : Math.min(...waitsNs),
    maxNs: matched === 0 ? null : Math.max(...waitsNs),
    started: matched,
    dropped: 0,
    expired: 0,
    evicted: 0,
    unmatched: 0,
    ...others,
  };
}
