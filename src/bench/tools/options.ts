// What npm run bench:tools can be asked for. In: arguments. Out: checked figures, or how to call it.
import { readArguments } from '../arguments.js';

export interface ComparingOptions {
  readonly rounds: number;
  readonly packetsPerSecond: number;
  readonly seconds: number;
  readonly json: boolean;
}

const options = {
  rounds: { preset: 5, least: 1 },
  rate: { preset: 20_000, least: 1 },
  seconds: { preset: 3, least: 2 },
} as const;

export const usage = `npm run bench:tools -- [--rounds N] [--rate N] [--seconds N] [--json]

What iperf3, trafgen, sockperf and, where it is installed, netperf say over a veth pair, beside what vifscope bench says of the same, in turn.

  --rounds N   rounds of all comparisons (${options.rounds.preset})
  --rate N     packets a second of iperf3 and sockperf (${options.rate.preset})
  --seconds N  of each (${options.seconds.preset})
  --json       figures as JSON
`;

/** @returns null where help is asked for */
export function readComparingOptions(args: readonly string[]): ComparingOptions | null {
  const read = readArguments(args, options);
  if (read === null) return null;
  const { rounds, rate, seconds } = read.numbers;
  return { rounds, packetsPerSecond: rate, seconds, json: read.json };
}
