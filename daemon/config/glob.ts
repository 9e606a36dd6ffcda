// Whether a glob is one: picomatch takes nearly everything, and what it can't read it matches nothing with.
import picomatch from 'picomatch';
import { reasonOf } from '../../src/errors.js';

const mostCharacters = 200;

/** What is wrong with a device pattern, in a few words; null when nothing is. */
export function globFault(glob: string): string | null {
  if (glob.trim() === '') return 'it is empty';
  if (glob.length > mostCharacters) return `it is longer than ${mostCharacters} characters`;
  // A negation would match a device by "netns/name" that it excludes by name.
  if (/^!(?!\()/.test(glob)) return 'it starts with "!", which is what "exclude" is for';
  try {
    // With debug it throws for a regular expression that can't be compiled, instead of matching nothing.
    picomatch.makeRe(glob, { dot: true, strictBrackets: true, debug: true });
  } catch (error) {
    return reasonOf(error);
  }
  return hasBalancedBraces(glob) ? null : 'a brace has no partner';
}

/** The one kind of brackets that picomatch isn't strict about. */
function hasBalancedBraces(glob: string): boolean {
  let depth = 0;
  for (const [character] of glob.replace(/\\.|\[[^\]]*\]/g, '').matchAll(/[{}]/g)) {
    depth += character === '{' ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
