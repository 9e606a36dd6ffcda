// What npm run bench:cost can be asked for. In: arguments. Out: checked figures, or how to call it.
import { readArguments } from '../arguments.js';

export interface CostOptions {
  readonly rounds: number;
  /** A round and variant. */
  readonly packets: number;
  readonly json: boolean;
}

const options = {
  rounds: { preset: 9, least: 1 },
  // A program's counters tell nothing from fewer.
  packets: { preset: 100_000, least: 100 },
} as const;

export const usage = `npm run bench:cost -- [--rounds N] [--packets N] [--json]

What vifscope's programs cost a packet on a veth pair, beside empty programs and clock reads.

  --rounds N   rounds, each with every variant once (${options.rounds.preset})
  --packets N  packets a round and variant (${options.packets.preset})
  --json       figures as JSON
`;

/** @returns null where help is asked for */
export function readCostOptions(args: readonly string[]): CostOptions | null {
  const read = readArguments(args, options);
  return read && { ...read.numbers, json: read.json };
}
