// A measurement of given paths and of nothing else, with every device learnt before it counts from zero.
import { setTimeout as sleep } from 'node:timers/promises';
import { VifscopeError } from '../errors.js';
import { Measurement, type MeasurementOptions } from '../measurement.js';
import { primePath } from './load/offerLoad.js';
import type { BuiltPath } from './path.js';
import type { Scope } from './scope.js';

/** Longer than a device ever takes to be learnt. */
const learnLimitMs = 2_000;
const learnStepMs = 10;
/** Of a thousand devices whose packets come at once, a few can miss all of theirs: announcements share places. */
const mostPrimings = 4;

/**
 * Attaches, sends a few packets over each path until its devices are known, and starts anew from zero: from then on
 * every packet is one of the load's. Detached with the scope's clean-up at the latest.
 * @throws VifscopeError UNSUPPORTED_HOST where nothing can be attached, or no hook tells of a device
 */
export async function startMeasuring(
  paths: readonly BuiltPath[],
  scope: Scope,
  options: Omit<MeasurementOptions, 'include' | 'exclude'> = {},
  prime: (path: BuiltPath) => Promise<unknown> = (path) => primePath(path, scope),
): Promise<Measurement> {
  const expected = paths.flatMap(({ devices }) => devices.map(({ netns, device }) => `${netns}/${device}`));
  const measurement = Measurement.start({ ...options, include: expected });
  scope.cleanup.add('detach', () => measurement.close());
  for (let priming = 1; ; priming++) {
    for (const path of paths) await prime(path);
    const missing = await missingAfterAWhile(measurement, expected, scope);
    if (missing.length === 0) break;
    if (priming === mostPrimings) throw notLearnt(missing);
  }
  measurement.restart();
  return measurement;
}

/** Those of the devices that are still not learnt when they should long have been. */
async function missingAfterAWhile(
  measurement: Measurement,
  expected: readonly string[],
  scope: Scope,
): Promise<readonly string[]> {
  for (let waitedMs = 0; ; waitedMs += learnStepMs) {
    const learnt = new Set(measurement.devices.map(({ netns, name }) => `${netns}/${name}`));
    const missing = expected.filter((device) => !learnt.has(device));
    if (missing.length === 0 || waitedMs > learnLimitMs) return missing;
    await sleep(learnStepMs, undefined, { signal: scope.signal });
  }
}

const notLearnt = (missing: readonly string[]): VifscopeError =>
  new VifscopeError({
    code: 'UNSUPPORTED_HOST',
    operation: 'measure',
    object: missing.join(', '),
    reason: 'packets went over it, but no hook told of it',
    remedy: 'see vifscope doctor for missing hooks',
  });
