// A measurement of given paths and of nothing else, with every device learnt before it counts from zero.
import { setTimeout as sleep } from 'node:timers/promises';
import { primePath } from '../../../src/bench/load.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import type { Segment } from '../../../src/measure/segments.js';
import { Measurement, type MeasurementOptions } from '../../../src/measurement.js';

const learnLimitMs = 2_000;
const learnStepMs = 10;

/** Attaches, sends a few packets over each path until its devices are known, and starts anew from zero. */
export async function startMeasuring(
  paths: readonly BuiltPath[],
  scope: Scope,
  options: Omit<MeasurementOptions, 'include' | 'exclude'> = {},
): Promise<Measurement> {
  const expected = paths.flatMap(({ devices }) => devices.map(({ netns, device }) => `${netns}/${device}`));
  const measurement = Measurement.start({ ...options, include: expected });
  scope.cleanup.add('detach', () => measurement.close());
  for (const path of paths) await primePath(path, scope);
  for (let waitedMs = 0; ; waitedMs += learnStepMs) {
    const learnt = new Set(measurement.devices.map(({ netns, name }) => `${netns}/${name}`));
    if (expected.every((device) => learnt.has(device))) break;
    if (waitedMs > learnLimitMs) throw new Error(`not learnt: ${expected.filter((d) => !learnt.has(d))}`);
    await sleep(learnStepMs, undefined, { signal: scope.signal });
  }
  measurement.restart();
  return measurement;
}

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
  while (started() < packets) await sleep(learnStepMs, undefined, { signal: scope.signal });
}
