// Legs of an interval, and what became of the journeys in it.
import type { JourneySummary, JourneyTotals, LegLine } from '../measure/snapshot.js';
import type { LegLedger } from './legLedger.js';

/** The legs of an interval, and what they are drawn from. */
export interface Followed {
  readonly legs: readonly LegLine[];
  readonly journeys: JourneySummary;
}

export class LegInterval {
  readonly #ledger: LegLedger;
  readonly #totals: () => JourneyTotals;
  readonly #close: () => void;
  readonly #before: JourneyTotals;
  #after: JourneyTotals | null = null;

  /** @param ledger empty, and entered in from now until close() */
  constructor(ledger: LegLedger, totals: () => JourneyTotals, close: () => void) {
    this.#ledger = ledger;
    this.#totals = totals;
    this.#close = close;
    this.#before = totals();
  }

  /** Of memory that its books take, roughly. */
  get bytes(): number {
    return this.#ledger.bytes;
  }

  read(): Followed {
    const { unreturnedPackets: unreturned, everyLeast, everyMost } = this.#ledger;
    const after = this.#after ?? this.#totals();
    const range = {
      everyLeast: Math.min(this.#before.every, everyLeast, after.every),
      everyMost: Math.max(this.#before.every, everyMost, after.every),
    };
    return {
      legs: this.#ledger.lines(),
      journeys: { ...totalsSince(after, this.#before), ...range, unreturned },
    };
  }

  /** Nothing more is entered; it can still be read. */
  close(): void {
    this.#after ??= this.#totals();
    this.#close();
  }
}

/** Journeys that were under way before count as begun, so that the equation holds in each interval. */
export function totalsSince(now: JourneyTotals, before: JourneyTotals): JourneyTotals {
  const endedBefore = before.whole + before.partial + before.ambiguous + before.evicted;
  return {
    every: now.every,
    begun: now.begun - endedBefore,
    whole: now.whole - before.whole,
    partial: now.partial - before.partial,
    ambiguous: now.ambiguous - before.ambiguous,
    overlong: now.overlong - before.overlong,
    evicted: now.evicted - before.evicted,
    lostEvents: now.lostEvents - before.lostEvents,
    unrecognisable: now.unrecognisable - before.unrecognisable,
  };
}
