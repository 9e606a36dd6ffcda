// The service's regular work on the kernel's memory, and whether the last of it succeeded.
import { reasonOf } from '../src/errors.js';
import type { Meter } from '../src/kernel/meter.js';

/**
 * How soon a device is measured after its first packet: devices come in groups, so after the first of them it is looked
 * more often for a while. Looking is a load of one word, but waking up for it costs 0.1 to 0.3 ms of CPU time: twice as
 * often, the service takes half as much again between scrapes.
 */
const learnIntervalMs = 100;
const eagerIntervalMs = 10;
const eagerForMs = 1_000;
/** How soon a rename or deletion is noticed. */
const refreshIntervalMs = 1_000;
/** Far more often than a 32-bit counter can wrap, and often enough to place a maximum in time. */
const refreshesACollection = 5;

/** The last reading of the mapped memory. */
export type LastReading = { readonly state: 'fine' } | { readonly state: 'failed'; readonly reason: string };

export class Pulse {
  readonly #meter: Meter;
  readonly #afterReading: (reading: LastReading) => void;
  readonly #refreshing: NodeJS.Timeout;
  #learning: NodeJS.Timeout;
  #eagerUntilMs = 0;
  #refreshes = 0;
  #last: LastReading = { state: 'fine' };

  /** @param afterReading called after every reading, once a second, and when looking for new devices has failed */
  constructor(meter: Meter, afterReading: (reading: LastReading) => void) {
    this.#meter = meter;
    this.#afterReading = afterReading;
    this.#refreshing = setInterval(() => this.#refresh(), refreshIntervalMs);
    this.#learning = setTimeout(() => this.#learn(), learnIntervalMs);
  }

  stop(): void {
    clearInterval(this.#refreshing);
    clearTimeout(this.#learning);
  }

  #learn(): void {
    const isFine = this.#attempt(() => {
      if (this.#meter.learn()) this.#eagerUntilMs = performance.now() + eagerForMs;
    });
    if (!isFine) this.#afterReading(this.#last);
    const isEager = performance.now() < this.#eagerUntilMs;
    this.#learning = setTimeout(() => this.#learn(), isEager ? eagerIntervalMs : learnIntervalMs);
  }

  #refresh(): void {
    const isFine = this.#attempt(() => {
      this.#meter.refresh();
      if (this.#refreshes % refreshesACollection === 0) this.#meter.collect();
    });
    this.#refreshes += 1;
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
