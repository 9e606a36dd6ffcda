// What option values have in common: a number with a unit, and the error that tells how to write one.
import { VifscopeError } from '../errors.js';

/**
 * A number and its unit, e.g. "1.5ms", multiplied by what the unit stands for.
 * @param scales what each unit stands for; the unit "" is a bare number
 * @returns null unless the text is a finite number from 0, written in digits, with one of the units
 */
export function scaledNumber(text: string, scales: ReadonlyMap<string, number>): number | null {
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?(\p{L}*)$/u.exec(text.trim()) ?? [];
  const scale = scales.get(unit ?? '');
  if (digits === undefined || scale === undefined) return null;
  const scaled = Number(digits) * scale;
  return Number.isFinite(scaled) ? scaled : null;
}

/**
 * Reads an option that says how many.
 * @returns a whole number from 1 on
 * @throws VifscopeError USAGE
 */
export function parseCount(text: string, option: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count < 1 || !Number.isSafeInteger(count))
    throw optionError(option, text, 'not a whole number from 1 on', '10');
  return count;
}

/** The error for an option that can't be read, with one that can as its remedy. */
export function optionError(option: string, text: string, reason: string, example: string): VifscopeError {
  const remedy = `write it like ${option} ${example}`;
  return new VifscopeError({
    code: 'USAGE',
    operation: 'use',
    object: `${option} "${text}"`,
    reason,
    remedy,
  });
}
