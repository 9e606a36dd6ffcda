// What npm run bench:journeys can be asked for. In: arguments. Out: checked figures, or how to call it.
import { readArguments } from '../arguments.js';

export interface JourneysBenchOptions {
  readonly rounds: number;
  /** Packets a second over each of the two paths while the events are recorded. */
  readonly packetsPerSecond: number;
  readonly seconds: number;
  readonly json: boolean;
}

const options = {
  rounds: { preset: 15, least: 3 },
  rate: { preset: 15_000, least: 1_000 },
  seconds: { preset: 5, least: 1 },
} as const;

export const usage = `npm run bench:journeys -- [--rounds N] [--rate N] [--seconds N] [--json]

How many events of sampled packets one core makes legs of. The events are recorded from a veth pair and a tun forwarder
under load, with packets of the same content among them, and played back as the ring of events holds them.

  --rounds N   how often the recording is played back (${options.rounds.preset})
  --rate N     packets a second over each path while it is recorded (${options.rate.preset})
  --seconds N  how long it is recorded (${options.seconds.preset})
  --json       figures as JSON
`;

/** @returns null where help is asked for */
export function readJourneysBenchOptions(args: readonly string[]): JourneysBenchOptions | null {
  const read = readArguments(args, options);
  if (read === null) return null;
  const { rounds, rate, seconds } = read.numbers;
  return { rounds, packetsPerSecond: rate, seconds, json: read.json };
}
