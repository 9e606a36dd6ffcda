// What a search is for, and what it has: goals, and the trials so far.
// The words are those of MLRsearch, draft-ietf-bmwg-mlrsearch.

/** A loss ratio whose greatest load is sought, and how sure that is to be. */
export interface Goal {
  /** A trial that loses no more of its packets passes. */
  readonly lossRatio: number;
  /** Trials of this length or longer count in full; shorter ones only against a load. */
  readonly finalTrialSeconds: number;
  /** So long a load is tried in all before it is judged. */
  readonly durationSumSeconds: number;
  /** So much of that time may be of trials that fail: a host has moments that say nothing of the path. */
  readonly exceedRatio: number;
  /** Between the greatest load that passes and the least that does not, relative to the latter. */
  readonly width: number;
}

export interface SearchTrial {
  readonly packetsPerSecond: number;
  readonly durationSeconds: number;
  readonly sent: number;
  readonly lost: number;
  /** What the generator sent of it a second: on some paths the sender's CPU does the path's work too. */
  readonly reachedPacketsPerSecond: number;
  /** Missed its rate, say: counts for nothing. */
  readonly isVoid: boolean;
}

export interface SearchLimits {
  readonly leastPacketsPerSecond: number;
  /** What the generator can send; where that passes the path may carry more. */
  readonly mostPacketsPerSecond: number;
  /** Packets that the path's queues hold: a trial is so long that they are no more than a goal's width of it. */
  readonly heldPackets: number;
  /** No trial is longer, whatever the queues hold. */
  readonly mostTrialSeconds: number;
  /** Of sending. Once it is used up, what is known then is the result. */
  readonly budgetSeconds: number;
}

export const lossRatioOf = ({ sent, lost }: SearchTrial): number => (sent === 0 ? 1 : lost / sent);

/** How long a trial at this load is to be, to count in full. */
export function fullSecondsAt(
  goal: Goal,
  packetsPerSecond: number,
  { heldPackets, mostTrialSeconds }: SearchLimits,
): number {
  const neededSeconds = heldPackets / (packetsPerSecond * goal.width);
  return Math.max(goal.finalTrialSeconds, Math.min(mostTrialSeconds, neededSeconds));
}
