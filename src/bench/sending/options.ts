// What npm run bench:sending can be asked for. In: arguments. Out: checked figures, or how to call it.
import { readArguments } from '../arguments.js';

export interface SendingOptions {
  readonly rounds: number;
  readonly packetsPerSecond: number;
  readonly json: boolean;
}

const options = { rounds: { preset: 9, least: 1 }, rate: { preset: 100_000, least: 1 } } as const;

export const usage = `npm run bench:sending -- [--rounds N] [--rate N] [--json]

The generator of vifscope bench beside a plain loop in C, on the same CPU, in turn: how many 64-byte packets a second
each can send, and how many of them leave late at a rate.

  --rounds N  rounds of a second each (${options.rounds.preset})
  --rate N    packets a second on a schedule (${options.rate.preset})
  --json      figures as JSON
`;

/** @returns null where help is asked for */
export function readSendingOptions(args: readonly string[]): SendingOptions | null {
  const read = readArguments(args, options);
  return read && { rounds: read.numbers.rounds, packetsPerSecond: read.numbers.rate, json: read.json };
}
