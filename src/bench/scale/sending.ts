// A load over a path, from its start to its end, with ends of its own each time.
import { Loader } from '../load/loader.js';
import { oneSize } from '../load/plan.js';
import type { BuiltPath } from '../path.js';
import type { Load } from '../result/schema.js';
import type { Scope } from '../scope.js';

export interface OneWay {
  readonly packetsPerSecond: number;
  readonly seconds: number;
  readonly flows: number;
}

export const loadOf = ({ packetsPerSecond, seconds, flows }: OneWay): Load => ({
  ...{ packetsPerSecond, durationSeconds: seconds, flows },
  ...{ sizes: oneSize(64), burst: 1 },
});

/** @returns packets that left */
export async function sendThrough(path: BuiltPath, load: OneWay, scope: Scope): Promise<number> {
  const loader = await Loader.open(path, scope);
  try {
    return (await loader.run(loadOf(load))).generator.sent;
  } finally {
    await loader.close();
  }
}
