// Which of the tried sets of capabilities a thing works with, and the least of them. Pure.
import type { Capability, PrivilegeFacts } from '../../../src/host/capabilities.js';
import { countsMapsAsLocked } from '../../../src/host/memlock.js';
import { memlockLimits, type Paranoid, type RightsReport, type Use, type UserReport } from './report.js';

export type CapabilitySet = readonly Capability[];

/** Something tried: a mechanism at a level of paranoia, or maps under their limit. */
export type Question =
  | { readonly use: 'maps' }
  | { readonly use: Exclude<Use, 'maps'>; readonly paranoid: Paranoid };

/** The kernel's answer to this user: its refusal, null where it allowed it, undefined where it was not tried. */
export function answerTo(question: Question, user: UserReport): string | null | undefined {
  if (question.use === 'maps') return user.maps.refusal;
  const attempt = user.attempts.find(({ paranoid }) => paranoid === question.paranoid);
  return attempt?.trials.find(({ use }) => use === question.use)?.refusal;
}

/** @param kernel its release or series */
export const circumstancesOf = (
  question: Question,
  user: UserReport,
  kernel: string,
): Omit<PrivilegeFacts, 'capabilities'> => ({
  perfEventParanoid: question.use === 'maps' ? null : question.paranoid,
  mapsLimitedByMemlock: memlockLimits[user.memlock].hardBytes !== null && countsMapsAsLocked(kernel),
  tunIsModule: true,
});

/** Of those sets that it works with, the ones that contain no other; of users under the usual, hard limit. */
export function leastSets(question: Question, { users }: RightsReport): readonly CapabilitySet[] {
  const working = users
    .filter((user) => user.memlock === 'hard 64 KiB' && answerTo(question, user) === null)
    .map(({ held }) => held);
  return working.filter((set) => !working.some((other) => other !== set && contains(set, other)));
}

export const contains = (set: CapabilitySet, part: CapabilitySet): boolean =>
  part.every((capability) => set.includes(capability));

export const isSame = (a: CapabilitySet, b: CapabilitySet): boolean => contains(a, b) && contains(b, a);

export const setsText = (sets: readonly CapabilitySet[]): string =>
  sets
    .map((set) => [...set].sort().join(' + ') || 'no capability')
    .sort()
    .join(', or ') || 'no set that was tried';
