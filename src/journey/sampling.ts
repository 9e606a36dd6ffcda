// Which packets are followed: one in so many, by their content, so that every device follows the same ones.
// Under overload fewer are; the present rate stands in every output.

import { VifscopeError } from '../errors.js';

const twoPow32 = 2 ** 32;
/** One in a million: beyond, nothing is left to tell of. */
export const mostEvery = 2 ** 20;
/** So long without a loss, and more are followed again. */
const recoveryMs = 10_000;

/** Reads how many packets there are for each one that is followed: "64". @throws VifscopeError USAGE */
export function parseEvery(text: string): number {
  const every = /^\d+$/.test(text) ? Number(text) : 0;
  if (every >= 1 && every <= mostEvery) return every;
  throw new VifscopeError({
    code: 'USAGE',
    operation: 'follow',
    object: `one packet in ${text}`,
    reason: `not a whole number from 1 to ${mostEvery}`,
    remedy: '1 follows every packet, 64 one in 64',
  });
}

/** The greatest upper half of a content that is sampled; each rate's packets are among those of a lower one. */
export const sampleUpTo = (every: number): number => Math.floor(twoPow32 / every) - 1;

export class Sampling {
  /** As asked for. */
  readonly least: number;
  #every: number;
  readonly #settleMs: number;
  #lostBefore: number;
  #evictedBefore = 0;
  #changedMs: number;

  /**
   * @param lost events lost so far, modulo 2^32
   * @param settleMs so long after a change journeys are still evicted for what came before it
   */
  constructor(least: number, lost: number, nowMs: number, settleMs = 0) {
    this.least = least;
    this.#every = least;
    this.#lostBefore = lost;
    this.#changedMs = nowMs;
    this.#settleMs = settleMs;
  }

  /** One packet in so many is followed. */
  get every(): number {
    return this.#every;
  }

  /**
   * To be told often: doubles `every` at a loss, halves it when long without.
   * @param evicted journeys given up so far: most likely those whose packets wait long, so without them there is no tail
   * @returns whether it has changed
   */
  adapt(lost: number, nowMs: number, evicted = 0): boolean {
    const isCrowded = evicted !== this.#evictedBefore && nowMs - this.#changedMs >= this.#settleMs;
    const isLosing = lost !== this.#lostBefore || isCrowded;
    this.#lostBefore = lost;
    this.#evictedBefore = evicted;
    const before = this.#every;
    if (isLosing) this.#every = Math.min(mostEvery, this.#every * 2);
    else if (nowMs - this.#changedMs >= recoveryMs) this.#every = Math.max(this.least, this.#every / 2);
    if (isLosing || this.#every !== before) this.#changedMs = nowMs;
    return this.#every !== before;
  }
}
