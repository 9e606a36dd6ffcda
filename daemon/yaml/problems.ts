// What is wrong with a configuration, told all at once, each with its line and key.
import { VifscopeError } from '../../src/errors.js';

export interface Problem {
  /** Where in the text, in UTF-16 units. */
  readonly offset: number;
  /** Dotted; empty where it is no matter of one key. */
  readonly key: string;
  readonly reason: string;
  readonly remedy: string;
}

const mostTold = 20;

/** One problem in one line; several in one line each, below a first that says so. */
export function refusalOf(
  path: string,
  problems: readonly Problem[],
  lineAt: (offset: number) => number,
): VifscopeError {
  const inOrder = problems.toSorted((a, b) => a.offset - b.offset);
  const told = inOrder.slice(0, mostTold).map(({ offset, key, reason, remedy }) => ({
    object: `${path}:${lineAt(offset)}`,
    reason: key === '' ? reason : `${key}: ${reason}`,
    remedy,
  }));
  const [only] = told;
  if (only && told.length === 1) return refusal(only);
  const lines = told.map(({ object, reason, remedy }) => `${object}: ${reason}; ${remedy}`);
  const untold = problems.length - told.length;
  if (untold > 0) lines.push(`and ${untold} more`);
  return refusal({
    object: path,
    reason: `${problems.length} mistakes`,
    remedy: `correct them\n${lines.join('\n')}`,
  });
}

/** The file itself is not to be had. */
export const unreadable = (path: string, reason: string, cause: unknown): VifscopeError =>
  refusal({
    object: path,
    reason,
    remedy: 'name a readable YAML file, or give none for all defaults',
    cause,
  });

const refusal = (parts: { object: string; reason: string; remedy: string; cause?: unknown }): VifscopeError =>
  new VifscopeError({ code: 'USAGE', operation: 'use the configuration', ...parts });
