// What user space does of each device-segment, on as many as are asked for. What is read was counted by the programs
// in real maps; devices and their names are imagined.

import { hlogIntervals } from '../../export/hlog.js';
import { Exposition } from '../../export/prometheus/exposition.js';
import { Shards } from '../../kernel/shards.js';
import { snapBounds } from '../../measure/bounds.js';
import { emptyLatencyCounts, figuresOf, type LatencyCounts } from '../../measure/histogram.js';
import { imaginedDevice, imaginedIncrement, imaginedReading } from '../../measure/imaginedHost.js';
import type { MeasuredDevice } from '../../measure/increment.js';
import { IntervalLedger } from '../../measure/intervalLedger.js';
import { SeriesLedger } from '../../measure/seriesLedger.js';
import { countNs } from '../load/counts.js';
import { firstShard, type KernelSide } from './kernelSide.js';

export const tasks = ['read', 'book', 'percentiles', 'text', 'log'] as const;
export type Task = (typeof tasks)[number];

/** Once for all device-segments; what comes before it is not timed. */
export interface Timed {
  readonly before?: () => void;
  readonly work: () => unknown;
}

/** Of each device-segment, before it is read. */
const samplesASegment = 100;
const bucketsHit = 50;

/** @param segments of a device each */
export function tasksOn(kernel: KernelSide, segments: number): Readonly<Record<Task, Timed>> {
  const devices = Array.from({ length: segments }, (_, at) => imaginedDevice('veth', at));
  const shards = new Shards(kernel.memory, kernel.sizes);
  const count = () => kernel.run({ verb: 'sample', shards: segments }, samplesASegment * segments);
  const readAll = (take: (device: MeasuredDevice, at: number) => void) => devices.forEach(take);
  const intervals = new IntervalLedger({ isWanted: () => true, mostDevices: segments });
  const series = new SeriesLedger({
    boundsNs: snapBounds(null),
    maxSeries: Number.POSITIVE_INFINITY,
    maxWindowMs: 60_000,
  });
  const counts = sampleCounts();
  const lines = devices.map(({ netns, name: device }) => ({
    ...{ netns, device, segment: 'backlog' },
    ...figuresOf(counts),
  }));
  const exposition = new Exposition({
    build: { version: '', libbpf: '', kernel: '', node: '' },
    service: () => ({
      lastReload: { successful: true, lastSuccessAt: new Date(0) },
      log: { intervals: 0, lostIntervals: 0 },
      asked: { turnedAway: 0, cutOff: 0, refused: 0 },
      snapshotsRefused: 0,
    }),
    read: () => {
      readAll((device) => series.add(device, 'backlog', imaginedIncrement));
      return imaginedReading(series, devices);
    },
  });
  return {
    read: { before: count, work: () => readAll((_, at) => shards.collect(firstShard + at)) },
    book: { work: () => readAll((device) => intervals.add(device, 'backlog', imaginedIncrement)) },
    percentiles: { work: () => readAll(() => figuresOf(counts)) },
    text: { work: () => exposition.scrape('identity') },
    log: {
      work: () =>
        hlogIntervals(
          { startedAt: new Date(0).toISOString(), durationSeconds: 1, segments: lines, legs: [] },
          0,
        ),
    },
  };
}

function sampleCounts(): LatencyCounts {
  const counts = emptyLatencyCounts();
  for (let sample = 0; sample < bucketsHit; sample++) countNs(counts, 400 + sample ** 3);
  return counts;
}
