// What npm run bench:peers can be asked for. In: arguments. Out: checked figures, or how to call it.
import { readArguments } from '../arguments.js';

export interface PeersOptions {
  readonly rounds: number;
  /** A turn of the fixed rate. */
  readonly packets: number;
  readonly json: boolean;
}

const options = {
  rounds: { preset: 7, least: 1 },
  packets: { preset: 100_000, least: 1_000 },
} as const;

export const usage = `npm run bench:peers -- [--rounds N] [--packets N] [--json]

What a packet over a veth pair costs under vifscope, and under other designs and tools in its place.

  --rounds N   rounds, each with every observer once (${options.rounds.preset})
  --packets N  packets a turn, at 100,000 a second (${options.packets.preset})
  --json       figures as JSON
`;

/** @returns null where help is asked for */
export function readPeersOptions(args: readonly string[]): PeersOptions | null {
  const read = readArguments(args, options);
  return read && { ...read.numbers, json: read.json };
}
