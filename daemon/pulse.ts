// The service's regular work on the kernel's memory, and whether the last of it succeeded.
import { reasonOf } from '../src/errors.js';
import type { Meter } from '../src/kernel/meter.js';

/** How soon a device is measured after its first packet. */
const learnIntervalMs = 10;
/** How soon a rename or deletion is noticed, and how exactly a maximum is placed in time. */
const readIntervalMs = 1_000;

/** The last reading of the mapped memory. */
export type LastReading = { readonly state: 'fine' } | { readonly state: 'failed'; readonly reason: string };

export class Pulse {
  readonly #meter: Meter;
  readonly #afterReading: (reading: LastReading) => void;
  readonly #timers: readonly NodeJS.Timeout[];
  #last: LastReading = { state: 'fine' };

  /** @param afterReading called after every reading, once a second */
  constructor(meter: Meter, afterReading: (reading: LastReading) => void) {
    this.#meter = meter;
    this.#afterReading = afterReading;
    this.#timers = [
      setInterval(() => this.#attempt(() => meter.learn()), learnIntervalMs),
      setInterval(() => this.#read(), readIntervalMs),
    ];
  }

  get last(): LastReading {
    return this.#last;
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #read(): void {
    const isFine = this.#attempt(() => {
      this.#meter.refresh();
      this.#meter.collect();
    });
    if (isFine) this.#last = { state: 'fine' };
    this.#afterReading(this.#last);
  }

  /** Nobody awaits a timer: what it throws is told as the state of the last reading. */
  #attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.#last = { state: 'failed', reason: reasonOf(error) };
      return false;
    }
  }
}
