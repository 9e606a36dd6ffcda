// The accounting equation: what was started was matched, dropped, expired or evicted, or is in flight still.
import type { AccountingLine } from './snapshot.js';

/** The counters of an accounting line without what they belong to. */
export type Accounts = Omit<AccountingLine, 'device' | 'netns' | 'segment'>;

/** Starts whose outcome is unknown; negative when there are more outcomes than starts, 0 when all is well. */
export function imbalance(accounts: Accounts): number {
  const { started, matched, dropped, expired, evicted, inFlight } = accounts;
  return started - (matched + dropped + expired + evicted + inFlight);
}

/**
 * Whether every start came to an ordinary end (matched, dropped or in flight) and every end had a start.
 * Lines are to be asked one by one: in a sum, opposite imbalances cancel out.
 */
export function isOrdinary(accounts: Accounts): boolean {
  const { expired, evicted, unmatched } = accounts;
  return expired === 0 && evicted === 0 && unmatched === 0 && imbalance(accounts) === 0;
}

/** The counters of all lines added up. */
export function sumAccounts(lines: readonly Accounts[]): Accounts {
  const sumOf = (counter: keyof Accounts) => lines.reduce((sum, line) => sum + line[counter], 0);
  return {
    started: sumOf('started'),
    matched: sumOf('matched'),
    dropped: sumOf('dropped'),
    expired: sumOf('expired'),
    evicted: sumOf('evicted'),
    inFlight: sumOf('inFlight'),
    unmatched: sumOf('unmatched'),
  };
}
