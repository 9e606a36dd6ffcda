// Reads every device's shards: totals, what is in flight, and drops.
import type { DeviceReading, SegmentReading } from '../measure/reading.js';
import { segmentsOf } from '../measure/segments.js';
import { type Device, shardOf } from './deviceTable.js';
import type { InFlightCount } from './inFlight.js';
import type { Shards } from './shards.js';

export interface Readers {
  readonly shards: Shards;
  readonly inFlight: InFlightCount;
  /** Drops of a shard by the name of the reason. */
  readonly dropsOf: (shard: number) => ReadonlyMap<string, number>;
}

export function readDevices(devices: readonly Device[], readers: Readers): DeviceReading[] {
  return devices.map((device) => {
    const { name, netns, netnsInum, ifindex, kind, peer } = device;
    const shards = segmentsOf(kind).flatMap((segment) => shardOf(device, segment) ?? []);
    return {
      name,
      netns,
      netnsInum,
      ifindex,
      kind,
      peer: peer && `${peer.netns}/${peer.name}`,
      segments: segmentsOf(kind).flatMap((segment) => {
        const shard = shardOf(device, segment);
        return shard === null ? [] : readSegment(segment, shard, readers);
      }),
      drops: sumOf(shards.map(readers.dropsOf)),
    };
  });
}

function readSegment(
  segment: SegmentReading['segment'],
  shard: number,
  { shards, inFlight }: Readers,
): SegmentReading {
  const { latency, started, dropped, expired, evicted, unmatched } = shards.collect(shard);
  return {
    segment,
    latency,
    started,
    dropped,
    expired: expired + (inFlight.swept.get(shard) ?? 0),
    evicted,
    inFlight: inFlight.waiting.get(shard) ?? 0,
    unmatched,
  };
}

function sumOf(rows: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows)
    for (const [reason, count] of row) sums.set(reason, (sums.get(reason) ?? 0) + count);
  return sums;
}
