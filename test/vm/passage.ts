// What a path has carried, and the samples that this must have come to: every packet in each segment that it passes, once.
import type { Segment } from '../../src/measure/segments.js';

export interface PathCount {
  readonly path: string;
  /** Names of its first and last device. */
  readonly firstDevice: string;
  readonly lastDevice: string;
  readonly sent: number;
  readonly received: number;
  /** From before a burst was sent until all of it had arrived, the longest of all bursts: no packet waited longer. */
  readonly longestNs: number;
}

export interface SampleCount {
  readonly device: string;
  readonly segment: Segment;
  readonly count: number;
}

/** Of paths whose first device has a queue. @param hasInject whether a hook is there that measures it */
export function samplesOf(
  { path, firstDevice, lastDevice, sent, received }: PathCount,
  hasInject: boolean,
): SampleCount[] {
  const isVeth = path === 'veth';
  return [
    { device: firstDevice, segment: 'qdisc', count: sent },
    { device: firstDevice, segment: 'driver', count: received },
    { device: firstDevice, segment: 'ring', count: isVeth ? 0 : received },
    { device: lastDevice, segment: 'inject', count: isVeth || !hasInject ? 0 : received },
    { device: lastDevice, segment: 'backlog', count: received },
  ];
}

/** In words, where they differ. @param countOf 0 where nothing was measured */
export const sampleFaults = (
  expected: readonly SampleCount[],
  countOf: (device: string, segment: Segment) => number,
): string[] =>
  expected
    .filter(({ device, segment, count }) => countOf(device, segment) !== count)
    .map(
      ({ device, segment, count }) =>
        `${device} ${segment}: ${countOf(device, segment)} samples, ${count} packets`,
    );
