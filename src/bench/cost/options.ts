// What npm run bench:cost can be asked for. In: arguments. Out: checked figures, or how to call it.
import { parseArgs } from 'node:util';
import { reasonOf, VifscopeError } from '../../errors.js';

export interface CostOptions {
  readonly rounds: number;
  /** A round and variant. */
  readonly packets: number;
  readonly json: boolean;
}

const defaults = { rounds: 9, packets: 100_000 } as const;
/** A program's counters tell nothing from fewer. */
const fewestPackets = 100;

export const usage = `npm run bench:cost -- [--rounds N] [--packets N] [--json]

What vifscope's programs cost a packet on a veth pair, beside empty programs and clock reads.

  --rounds N   rounds, each with every variant once (${defaults.rounds})
  --packets N  packets a round and variant (${defaults.packets})
  --json       figures as JSON
`;

/** @returns null where help is asked for */
export function readCostOptions(args: readonly string[]): CostOptions | null {
  const { values } = parsed(args);
  if (values.help) return null;
  return {
    rounds: wholeNumber('--rounds', values.rounds, defaults.rounds, 1),
    packets: wholeNumber('--packets', values.packets, defaults.packets, fewestPackets),
    json: values.json ?? false,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string' },
        packets: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw misused(args.join(' '), reasonOf(error));
  }
}

function wholeNumber(option: string, text: string | undefined, preset: number, least: number): number {
  if (text === undefined) return preset;
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  throw misused(`${option} ${text}`, `a whole number from ${least} is expected`);
}

const misused = (object: string, reason: string): VifscopeError =>
  new VifscopeError({ code: 'USAGE', operation: 'use', object, reason, remedy: 'see --help' });
