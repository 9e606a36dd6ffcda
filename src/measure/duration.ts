// Durations as text: `--duration`, how long to measure, and those of the configuration.
import { optionError, scaledNumber } from './optionText.js';

const secondsOf: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['s', 1],
  ['ms', 0.001],
  ['m', 60],
  ['h', 3600],
]);

/** A Node timer counts milliseconds in 31 bits; asked for more, it fires at once. */
const longestSeconds = Math.floor((2 ** 31 - 1) / 1000);

/** Reads `5`, `5s`, `500ms`, `2m` or `1h`. @returns seconds from 0, or null for what is no duration */
export const durationSeconds = (text: string): number | null => scaledNumber(text, secondsOf);

/**
 * Reads `--duration`, or another option that says how long to measure.
 * @returns seconds, above 0 and at most 24 days
 * @throws VifscopeError USAGE
 */
export function parseDuration(text: string, option = '--duration'): number {
  const seconds = durationSeconds(text);
  const refuse = (reason: string) => optionError(option, text, reason, '5s (or 500ms, 2m, 1h)');
  if (seconds === null) throw refuse('a duration is a number above 0 and a unit');
  if (seconds === 0) throw refuse('a duration of 0 measures nothing');
  if (seconds > longestSeconds) throw refuse('a measurement lasts 24 days at most');
  return seconds;
}
