// Follows sampled packets for the service: polls the events, keeps the metrics' books of legs, opens intervals.
import { reasonOf } from '../src/errors.js';
import type { LegInterval } from '../src/journey/legInterval.js';
import { LegSeriesLedger } from '../src/journey/legSeriesLedger.js';
import type { Attachment } from '../src/kernel/attachment.js';
import { Follower } from '../src/kernel/follower.js';
import type { Meter } from '../src/kernel/meter.js';
import type { IsWanted } from '../src/measure/devicePatterns.js';
import type { MeasuredDevice } from '../src/measure/increment.js';
import type { FollowingReading } from '../src/measure/series.js';
import type { SeriesLimits } from '../src/measure/seriesLedger.js';
import { Alarm } from './log/alarm.js';

/**
 * A wake-up costs 0.1 to 0.3 ms of CPU time, so the ring is looked at rarely while little is in it: it holds 131,072
 * events, more than a tenth of a second of any load brings. Where much has come, the next look is soon: a long turn
 * would keep a scrape waiting.
 */
const idlePollMs = 100;
const busyPollMs = 20;
const manyEvents = 5_000;
/** Looking for journeys that are over goes through the whole table. */
const expireIntervalMs = 250;

export interface FollowingOptions {
  readonly every: number;
  readonly quietMs: number;
  readonly series: SeriesLimits;
  readonly warn: (text: string) => void;
}

export class Following {
  readonly #follower: Follower;
  readonly #series: LegSeriesLedger;
  readonly #trouble: Alarm;
  #timer: NodeJS.Timeout;
  #expireAtMs = 0;

  /** From now on packets are sampled. */
  constructor(attachment: Attachment, meter: Meter, { every, quietMs, series, warn }: FollowingOptions) {
    this.#follower = new Follower(attachment, meter, { every, quietMs });
    this.#series = this.#follower.add((deviceOf) => new LegSeriesLedger(deviceOf, series));
    this.#trouble = new Alarm(warn);
    this.#timer = setTimeout(() => this.#poll(), busyPollMs);
  }

  openInterval(isWanted: IsWanted): LegInterval {
    return this.#follower.openInterval(isWanted);
  }

  reading(present: readonly MeasuredDevice[]): FollowingReading {
    return { ...this.#series.reading(present), journeys: this.#follower.totals };
  }

  /** Legs for which there was no room, or that had to make room for others. */
  get turnedAway(): number {
    return this.#series.turnedAway;
  }

  callRoll(present: readonly MeasuredDevice[]): void {
    this.#series.callRoll(present);
  }

  reconfigure(series: SeriesLimits): void {
    this.#series.reconfigure(series);
  }

  /** Samples no more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#follower.end();
  }

  #poll(): void {
    let events = 0;
    try {
      events = this.#follower.poll();
      if (performance.now() >= this.#expireAtMs) {
        this.#expireAtMs = performance.now() + expireIntervalMs;
        this.#follower.expire();
      }
      this.#trouble.clear();
    } catch (error) {
      // What the ring holds wrongly is told and left; the next poll reads on behind it.
      this.#trouble.raise(`packets can't be followed: ${reasonOf(error)}`);
    }
    this.#timer = setTimeout(() => this.#poll(), events >= manyEvents ? busyPollMs : idlePollMs);
  }
}
