// What the generator can send on this host, whatever the path.
import type { Load, Spread } from '../result/schema.js';
import { spreadOf } from '../result/spread.js';
import type { Scope } from '../scope.js';
import { openDrain } from './drain.js';
import { Generator } from './generator.js';
import { methodFor } from './trial.js';

/** More than any generator sends. */
export const endlessPacketsPerSecond = 10_000_000;

/** As fast as the generator can. */
export const endlessLoad = ({ sizes, flows }: Pick<Load, 'sizes' | 'flows'>, seconds: number): Load => ({
  packetsPerSecond: endlessPacketsPerSecond,
  durationSeconds: seconds,
  sizes,
  flows,
  burst: 1,
});

/** Packets a second. @param like the load that it is to stand beside @param seconds of each of so many rounds
 * @param whenStarted told of the generator's process */
export async function measureGenerator(
  like: Pick<Load, 'sizes' | 'flows'>,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
  scope: Scope,
  whenStarted: (pid: number) => void = () => {},
): Promise<Spread> {
  const drain = await openDrain(scope);
  const generator = await Generator.start(drain.input, scope);
  whenStarted(generator.pid);
  const reached: number[] = [];
  try {
    const load = endlessLoad(like, seconds);
    for (let round = 0; round < rounds; round++)
      reached.push((await generator.send(load, 1, methodFor(load))).reachedPacketsPerSecond);
  } finally {
    await generator.stop();
    await drain.remove();
  }
  return spreadOf(reached);
}
