// The same load again and again; a void trial is made up for once.
import type { Trial } from '../load/trial.js';

export const isCounted = ({ result }: Trial): boolean => result.voidReason === null;

/** @returns all that ran, in order: of a void one, too, and of the one in its place */
export async function repeatTrials(repeats: number, run: () => Promise<Trial>): Promise<Trial[]> {
  const done: Trial[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const trial = await run();
    done.push(trial);
    if (!isCounted(trial)) done.push(await run());
  }
  return done;
}
