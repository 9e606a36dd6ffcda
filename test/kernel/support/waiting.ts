// What tests on a running measurement wait for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '../../../src/bench/scope.js';
import type { Segment } from '../../../src/measure/segments.js';
import type { Measurement } from '../../../src/measurement.js';

const stepMs = 10;

/** Until so many packets have begun this wait: the load is under way. */
export async function untilStarted(
  measurement: Measurement,
  device: string,
  segment: Segment,
  packets: number,
  scope: Scope,
): Promise<void> {
  const started = () =>
    measurement.snapshot().accounting.find((line) => line.device === device && line.segment === segment)
      ?.started ?? 0;
  while (started() < packets) await sleep(stepMs, undefined, { signal: scope.signal });
}
