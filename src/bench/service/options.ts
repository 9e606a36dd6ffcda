// What npm run bench:service can be asked for. In: arguments. Out: checked figures, or how to call it.
import { readArguments } from '../arguments.js';

export interface ServiceOptions {
  readonly seconds: number;
  readonly packetsPerSecond: number;
  /** Pairs beside the loaded one, each with a little traffic of its own: four device-segments a pair. */
  readonly idlePairs: number;
  /** Pairs made and deleted in a minute; each is two devices. */
  readonly churnedPairs: number;
  /** One packet in so many is followed; 0: none. */
  readonly every: number;
  readonly json: boolean;
}

const options = {
  seconds: { preset: 120, least: 20 },
  rate: { preset: 100_000, least: 0 },
  pairs: { preset: 50, least: 0 },
  churn: { preset: 0, least: 0 },
  journeys: { preset: 0, least: 0 },
} as const;

export const usage = `npm run bench:service -- [--seconds N] [--rate N] [--pairs N] [--churn N] [--journeys N] [--json]

What the running service costs: CPU time between scrapes, the time of a scrape, resident memory.

  --seconds N  how long to watch it (${options.seconds.preset})
  --rate N     packets a second over one veth pair (${options.rate.preset})
  --pairs N    pairs beside it, four device-segments each (${options.pairs.preset})
  --churn N    pairs made and deleted in a minute (${options.churn.preset})
  --journeys N one packet in so many is followed, 0: none (${options.journeys.preset})
  --json       figures as JSON
`;

/** @returns null where help is asked for */
export function readServiceOptions(args: readonly string[]): ServiceOptions | null {
  const read = readArguments(args, options);
  if (!read) return null;
  const { seconds, rate, pairs, churn, journeys } = read.numbers;
  return {
    seconds,
    packetsPerSecond: rate,
    idlePairs: pairs,
    churnedPairs: churn,
    every: journeys,
    json: read.json,
  };
}
