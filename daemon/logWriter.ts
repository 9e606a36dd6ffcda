// The interval log of the service: one interval after the other, without a gap, for as long as it runs.
import { reasonOf } from '../src/errors.js';
import type { IsWanted } from '../src/measure/devicePatterns.js';
import type { Snapshot } from '../src/measure/snapshot.js';
import type { Config } from './config/config.js';
import type { ClosedInterval, Interval } from './interval.js';
import { IntervalLog } from './log/intervalLog.js';

export interface LogWriterParts {
  readonly open: (isWanted: IsWanted) => Interval;
  readonly workOut: (closed: ClosedInterval) => Promise<Snapshot>;
  readonly warn: (text: string) => void;
}

export class LogWriter {
  readonly #parts: LogWriterParts;
  readonly #log: IntervalLog;
  #interval: Interval;
  #timer: NodeJS.Timeout;
  /** Intervals are written in their order, each after the one before. */
  #written: Promise<void> = Promise.resolve();

  /** @throws VifscopeError FAILED when the directory can't be written to */
  constructor(directory: string, config: Config['log'], parts: LogWriterParts) {
    this.#parts = parts;
    this.#log = IntervalLog.open({ ...config, directory, warn: parts.warn });
    this.#interval = this.#open();
    this.#timer = setInterval(() => this.#next(), config.intervalMs);
  }

  get intervals(): number {
    return this.#log.intervals;
  }

  get lostIntervals(): number {
    return this.#log.lostIntervals;
  }

  reconfigure(config: Config['log']): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#next(), config.intervalMs);
    this.#log.reconfigure(config);
  }

  /** Writes what has been counted up to now. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#append(this.#interval.close());
    await this.#written;
    await this.#log.close();
  }

  #next(): void {
    const next = this.#open();
    this.#append(this.#interval.closeAsRead());
    this.#interval = next;
  }

  /** All that is measured at all. */
  #open(): Interval {
    return this.#parts.open(() => true);
  }

  #append(closed: ClosedInterval): void {
    this.#written = this.#written.then(async () => {
      try {
        this.#log.append(await this.#parts.workOut(closed));
      } catch (error) {
        this.#parts.warn(`an interval of the log is lost: ${reasonOf(error)}`);
      }
    });
  }
}
