// The query of /api/v1/snapshot, read strictly: a slip of the pen must not measure something else.
import picomatch from 'picomatch';
import { reasonOf, VifscopeError } from '../../src/errors.js';
import { parseDuration } from '../../src/measure/duration.js';

export interface SnapshotQuery {
  readonly durationSeconds: number;
  /** Globs over a device's name or "netns/name"; none means every device. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** By which the interval can be ended early; null when nobody will. */
  readonly id: string | null;
}

const known = ['duration', 'device', 'exclude', 'id'];
const defaultDuration = '5s';
const longestSeconds = 24 * 3600;
// Globs become regular expressions that backtrack, in the one thread that there is: with a dozen stars one name
// takes minutes, with three a tenth of a millisecond.
const mostGlobs = 32;
const mostStars = 3;
const mostGlobCharacters = 128;

/** @throws VifscopeError USAGE */
export function snapshotQuery(query: URLSearchParams): SnapshotQuery {
  for (const [name, value] of query)
    if (!known.includes(name)) throw refusal(name, value, 'there is no such parameter', known.join(', '));
  return {
    durationSeconds: durationOf(single(query, 'duration') ?? defaultDuration),
    include: globs(query, 'device'),
    exclude: globs(query, 'exclude'),
    id: idOf(single(query, 'id')),
  };
}

function durationOf(text: string): number {
  const refuse = (reason: string) => refusal('duration', text, reason, 'duration=5s (or 500ms, 2m, 1h)');
  let seconds: number;
  try {
    seconds = parseDuration(text);
  } catch (error) {
    throw refuse(error instanceof VifscopeError ? error.failure.reason : reasonOf(error));
  }
  if (seconds > longestSeconds) throw refuse('the service takes snapshots of at most 24 hours');
  return seconds;
}

function globs(query: URLSearchParams, name: string): readonly string[] {
  const patterns = query.getAll(name);
  const excess = patterns[mostGlobs];
  if (excess !== undefined) throw refusal(name, excess, `there are more than ${mostGlobs}`, `${name}={a,b}*`);
  for (const pattern of patterns) {
    const reason = mistakeIn(pattern);
    if (reason !== null) throw refusal(name, pattern.slice(0, mostGlobCharacters), reason, `${name}=veth*`);
  }
  return patterns;
}

function mistakeIn(glob: string): string | null {
  if (glob.length > mostGlobCharacters) return `it has more than ${mostGlobCharacters} characters`;
  if (glob.split('*').length - 1 > mostStars) return `it has more than ${mostStars} stars`;
  // A group that may be there any number of times backtracks as badly as many stars do.
  if (/[()|+]/.test(glob)) return 'the service takes *, ?, [a-z] and {a,b} in a glob, and no ( ) | +';
  try {
    picomatch(glob, { strictBrackets: true });
    return null;
  } catch (error) {
    return `not a glob: ${reasonOf(error)}`;
  }
}

function idOf(id: string | null): string | null {
  if (id === null || /^[\w-]{1,64}$/.test(id)) return id;
  throw refusal('id', id, 'an id is 1 to 64 letters, digits, _ or -', 'id=a1b2c3');
}

function single(query: URLSearchParams, name: string): string | null {
  const [value, second] = query.getAll(name);
  if (second !== undefined) throw refusal(name, second, 'it is given more than once', `${name}=${value}`);
  return value ?? null;
}

const refusal = (name: string, value: string, reason: string, example: string): VifscopeError =>
  new VifscopeError({
    code: 'USAGE',
    operation: 'use',
    object: `${name}=${value}`,
    reason,
    remedy: `write it like ${example}`,
  });
