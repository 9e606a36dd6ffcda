// Snapshots on demand: each an interval of its own, so that neither another snapshot nor a scrape disturbs it.
import { setTimeout as sleep } from 'node:timers/promises';
import { VifscopeError } from '../src/errors.js';
import type { IsWanted } from '../src/measure/devicePatterns.js';
import type { Snapshot } from '../src/measure/snapshot.js';
import type { ClosedInterval, Interval } from './interval.js';

export interface SnapshotOrder {
  readonly durationSeconds: number;
  readonly isWanted: IsWanted;
  /** By which the interval can be ended early; null when nobody will. */
  readonly id: string | null;
  /** Aborts when whoever asked has gone. */
  readonly signal: AbortSignal;
}

export interface SnapshotsParts {
  readonly open: (isWanted: IsWanted) => Interval;
  readonly workOut: (closed: ClosedInterval) => Promise<Snapshot>;
  /** How many may run at the same time; asked each time, since it can change. */
  readonly most: () => number;
}

export class Snapshots {
  readonly #parts: SnapshotsParts;
  readonly #running = new Set<AbortController>();
  readonly #byId = new Map<string, AbortController>();

  constructor(parts: SnapshotsParts) {
    this.#parts = parts;
  }

  /**
   * Measures for a while.
   * @returns null when whoever asked has gone
   * @throws VifscopeError BUSY when too many run already; USAGE when one of the same id does
   */
  async take({ durationSeconds, isWanted, id, signal }: SnapshotOrder): Promise<Snapshot | null> {
    if (signal.aborted) return null;
    if (id !== null && this.#byId.has(id)) throw inUse(id);
    if (this.#running.size >= this.#parts.most()) throw tooMany(this.#parts.most());
    const interval = this.#parts.open(isWanted);
    const early = new AbortController();
    this.#running.add(early);
    if (id !== null) this.#byId.set(id, early);
    const leave = () => early.abort();
    signal.addEventListener('abort', leave);
    try {
      await elapsed(durationSeconds, early.signal);
      if (signal.aborted) return null;
      return await this.#parts.workOut(interval.close());
    } finally {
      interval.abandon();
      signal.removeEventListener('abort', leave);
      this.#running.delete(early);
      if (id !== null) this.#byId.delete(id);
    }
  }

  /** Ends one interval now; its snapshot is answered to whoever ordered it. @returns whether there is such a one */
  end(id: string): boolean {
    const running = this.#byId.get(id);
    running?.abort();
    return running !== undefined;
  }

  /** Ends all of them now. */
  endAll(): void {
    for (const running of this.#running) running.abort();
  }
}

async function elapsed(seconds: number, signal: AbortSignal): Promise<void> {
  await sleep(seconds * 1_000, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

const tooMany = (most: number): VifscopeError =>
  new VifscopeError({
    code: 'BUSY',
    operation: 'take',
    object: 'another snapshot',
    reason: `${most} are being taken already`,
    remedy: 'try again later, or raise limits.snapshots',
  });

/** The second could end the first, and nobody could end the second. */
const inUse = (id: string): VifscopeError =>
  new VifscopeError({
    code: 'USAGE',
    operation: 'take',
    object: `a snapshot with id=${id}`,
    reason: 'another of this id is being taken',
    remedy: 'use another id for each',
  });
