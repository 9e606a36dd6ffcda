// Arguments of the benchmark programs: whole numbers and switches by name.
import { parseArgs } from 'node:util';
import { reasonOf, VifscopeError } from '../errors.js';

/** A whole number with its default and the least that makes sense. */
export interface NumberOption {
  readonly preset: number;
  readonly least: number;
}

export interface Arguments<N extends string> {
  readonly numbers: Readonly<Record<N, number>>;
  readonly json: boolean;
}

/**
 * Reads `--name N` for each of the options, and `--json`.
 * @returns null where help is asked for
 * @throws VifscopeError USAGE
 */
export function readArguments<N extends string>(
  args: readonly string[],
  options: Readonly<Record<N, NumberOption>>,
): Arguments<N> | null {
  const names = Object.keys(options) as N[];
  const values = parsed(args, names);
  if (values.help) return null;
  const numbers = names.map((name) => [name, wholeNumber(name, values[name], options[name])] as const);
  return { numbers: Object.fromEntries(numbers) as Record<N, number>, json: values.json === true };
}

function parsed(args: readonly string[], names: readonly string[]): Record<string, unknown> {
  const numbers = Object.fromEntries(names.map((name) => [name, { type: 'string' } as const]));
  const switches = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args: [...args], options: { ...numbers, ...switches } }).values;
  } catch (error) {
    throw misused(args.join(' '), reasonOf(error));
  }
}

function wholeNumber(name: string, text: unknown, { preset, least }: NumberOption): number {
  if (typeof text !== 'string') return preset;
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  throw misused(`--${name} ${text}`, `a whole number from ${least} is expected`);
}

const misused = (object: string, reason: string): VifscopeError =>
  new VifscopeError({ code: 'USAGE', operation: 'use', object, reason, remedy: 'see --help' });
