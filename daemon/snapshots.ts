// Snapshots on demand: each an interval of its own, so that neither another snapshot nor a scrape disturbs it.
import { VifscopeError } from '../src/errors.js';
import type { IsWanted } from '../src/measure/devicePatterns.js';
import type { Snapshot } from '../src/measure/snapshot.js';
import { pause } from '../src/terminal/interrupt.js';
import type { ClosedInterval, Interval } from './interval.js';

/** By which door an order came: anyone on the host may come by HTTP, only a group by the control socket. */
export type Door = 'http' | 'control';

export interface SnapshotOrder {
  readonly durationSeconds: number;
  readonly isWanted: IsWanted;
  /** By which the interval can be ended early; null when nobody will. */
  readonly id: string | null;
  readonly door: Door;
  /** Aborts when whoever asked has gone. */
  readonly signal: AbortSignal;
}

/** What all of them together may take; asked each time, since it can change. */
export interface SnapshotLimits {
  /** How many may run at the same time. */
  readonly snapshots: number;
  readonly snapshotBytes: number;
}

export interface SnapshotsParts {
  /** @param hasRoom asked when the interval meets one more device */
  readonly open: (isWanted: IsWanted, hasRoom: () => boolean) => OpenInterval;
  readonly workOut: (closed: ClosedInterval) => Promise<Snapshot>;
  readonly limits: () => SnapshotLimits;
}

type OpenInterval = Pick<Interval, 'close' | 'abandon' | 'bytes'>;

interface Running {
  readonly early: AbortController;
  readonly interval: OpenInterval;
  readonly door: Door;
}

export class Snapshots {
  readonly #parts: SnapshotsParts;
  readonly #running = new Set<Running>();
  readonly #byId = new Map<string, AbortController>();
  #refused = 0;

  constructor(parts: SnapshotsParts) {
    this.#parts = parts;
  }

  /** Orders that were answered with BUSY. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * Measures for a while.
   * @returns null when whoever asked has gone
   * @throws VifscopeError BUSY when too many, or too large ones, run already; USAGE when one of the same id does
   */
  async take({ durationSeconds, isWanted, id, door, signal }: SnapshotOrder): Promise<Snapshot | null> {
    if (signal.aborted) return null;
    if (id !== null && this.#byId.has(id)) throw inUse(id);
    this.#requireRoom(door);
    const interval = this.#parts.open(
      isWanted,
      () => bytesOf(this.#running) < this.#parts.limits().snapshotBytes,
    );
    const early = new AbortController();
    const running = { early, interval, door };
    this.#running.add(running);
    if (id !== null) this.#byId.set(id, early);
    const leave = () => early.abort();
    signal.addEventListener('abort', leave);
    try {
      await pause(durationSeconds * 1_000, early.signal);
      if (signal.aborted) return null;
      return await this.#parts.workOut(interval.close());
    } finally {
      interval.abandon();
      signal.removeEventListener('abort', leave);
      this.#running.delete(running);
      if (id !== null) this.#byId.delete(id);
    }
  }

  /** By HTTP half of everything can be had: whoever reaches the port keeps no one from the control socket. */
  #requireRoom(door: Door): void {
    const { snapshots, snapshotBytes } = this.#parts.limits();
    const all = [...this.#running];
    const byHttp = all.filter((running) => running.door === 'http');
    const refusal =
      refusalBy(all, snapshots, snapshotBytes) ??
      (door === 'http' ? refusalBy(byHttp, Math.ceil(snapshots / 2), snapshotBytes / 2) : null);
    if (refusal === null) return;
    this.#refused += 1;
    throw busy(refusal);
  }

  /** Ends one interval now; its snapshot is answered to whoever ordered it. @returns whether there is such a one */
  end(id: string): boolean {
    const running = this.#byId.get(id);
    running?.abort();
    return running !== undefined;
  }

  /** Ends all of them now. */
  endAll(): void {
    for (const { early } of this.#running) early.abort();
  }
}

interface Refusal {
  readonly reason: string;
  readonly remedy: string;
}

const bytesOf = (running: Iterable<Running>): number =>
  [...running].reduce((sum, { interval }) => sum + interval.bytes, 0);

function refusalBy(running: readonly Running[], most: number, mostBytes: number): Refusal | null {
  if (running.length >= most)
    return { reason: `${most} are being taken already`, remedy: 'limits.snapshots' };
  if (bytesOf(running) < mostBytes) return null;
  return { reason: 'those being taken leave no memory for it', remedy: 'limits.snapshot_memory' };
}

const busy = ({ reason, remedy }: Refusal): VifscopeError =>
  new VifscopeError({
    code: 'BUSY',
    operation: 'take',
    object: 'another snapshot',
    reason,
    remedy: `try again later, or raise ${remedy}`,
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
