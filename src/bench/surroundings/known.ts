// What decides a result, by name. What can't be found out is said to be unknown: left out, it would look the same.

export type Facts = Readonly<Record<string, string>>;

export const unknown = 'unknown';

/** Of what is known, or null, one line each. */
export const factsOf = (entries: Iterable<readonly [name: string, value: string | null]>): Facts =>
  Object.fromEntries(
    [...entries].map(([name, value]) => [name, value?.trim().replace(/\s+/g, ' ') || unknown]),
  );

/** The different ones, in order, as one text; null where there are none. */
export function distinct(values: readonly (string | null)[]): string | null {
  const all = [...new Set(values.map((value) => value ?? unknown))].sort();
  return all.length === 0 ? null : all.join(', ');
}
