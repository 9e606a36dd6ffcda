// The interval log of the service: one interval after the other, without a gap, for as long as it runs.
// What keeps one from being closed makes it longer; what keeps one from being written is counted.
import { reasonOf } from '../src/errors.js';
import type { IsWanted } from '../src/measure/devicePatterns.js';
import type { Snapshot } from '../src/measure/snapshot.js';
import type { Config } from './config/config.js';
import type { ClosedInterval, Interval } from './interval.js';
import { Alarm } from './log/alarm.js';
import { IntervalLog } from './log/intervalLog.js';

export interface LogWriterParts {
  readonly open: (isWanted: IsWanted) => Pick<Interval, 'close' | 'closeAsRead'>;
  readonly workOut: (closed: ClosedInterval) => Promise<Snapshot>;
  readonly warn: (text: string) => void;
}

/** Closed intervals that wait to be worked out are held in full: on a host too busy for it they must not pile up. */
const mostWaiting = 2;

export class LogWriter {
  readonly #parts: LogWriterParts;
  readonly #log: IntervalLog;
  readonly #closing: Alarm;
  #interval: ReturnType<LogWriterParts['open']>;
  #timer: NodeJS.Timeout;
  #waiting = 0;
  /** Intervals are written in their order, each after the one before. */
  #written: Promise<void> = Promise.resolve();

  /** @throws VifscopeError FAILED when the directory can't be written to */
  constructor(directory: string, config: Config['log'], parts: LogWriterParts) {
    this.#parts = parts;
    this.#closing = new Alarm(parts.warn);
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
    const last = this.#interval;
    this.#append(() => last.close());
    await this.#written;
    await this.#log.close();
  }

  /** Nobody awaits a timer: where there is no next interval, the present one goes on, and nothing is lost. */
  #next(): void {
    try {
      if (this.#waiting >= mostWaiting) throw new Error(`${this.#waiting} are still being worked out`);
      const next = this.#open();
      const ended = this.#interval;
      this.#interval = next;
      this.#append(() => ended.closeAsRead());
      this.#closing.clear();
    } catch (error) {
      this.#closing.raise(`intervals of the log grow longer, none can be closed: ${reasonOf(error)}`);
    }
  }

  /** All that is measured at all. */
  #open() {
    return this.#parts.open(() => true);
  }

  /** Closes it now, works it out and writes it in its turn, or counts it as lost. */
  #append(close: () => ClosedInterval): void {
    let closed: ClosedInterval;
    try {
      closed = close();
    } catch (error) {
      this.#log.lose(reasonOf(error));
      return;
    }
    this.#waiting += 1;
    this.#written = this.#written.then(async () => {
      try {
        this.#log.append(await this.#parts.workOut(closed));
      } catch (error) {
        this.#log.lose(reasonOf(error));
      }
      this.#waiting -= 1;
    });
  }
}
