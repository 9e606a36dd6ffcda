// Of a tail's repeats those that count: a void one put another load on the path than it was to.
import type { TailAtRate, TrialResult } from './schema.js';

export const countedTrials = ({ repeats }: Pick<TailAtRate, 'repeats'>): TrialResult[] =>
  repeats.map(({ trial }) => trial).filter(({ voidReason }) => voidReason === null);

/** Of packets sent; null where nothing that counts was sent. */
export function lossShareOf(tail: Pick<TailAtRate, 'repeats'>): number | null {
  const trials = countedTrials(tail);
  const sent = trials.reduce((sum, trial) => sum + trial.sent, 0);
  return sent === 0 ? null : trials.reduce((sum, trial) => sum + trial.lost, 0) / sent;
}

/** Why void repeats are void, each reason once. */
export const voidReasonsOf = ({ repeats }: Pick<TailAtRate, 'repeats'>): string[] => [
  ...new Set(repeats.flatMap(({ trial }) => trial.voidReason ?? [])),
];
