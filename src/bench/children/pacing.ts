// Waits for the time at which a packet is due, and says what time it is then.
import { hrtime } from 'node:process';

/** A wait longer than this sleeps first; the rest is spun, for the timer's slack is 50 µs and more. */
const sleepAboveNs = 500_000;
const wakeEarlyNs = 200_000;

const sleepCell = new Int32Array(new SharedArrayBuffer(4));

const reading = new BigUint64Array(1);
const words = new Uint32Array(reading.buffer);

/**
 * CLOCK_MONOTONIC. A bigint that goes into an array of them at once is never made on the heap, once this is compiled:
 * millions of readings a second would have the collector stop the schedule every few milliseconds.
 */
export function clockNs(): number {
  reading[0] = hrtime.bigint();
  return (words[0] ?? 0) + (words[1] ?? 0) * 2 ** 32;
}

export class Pacer {
  /** That were spun, at the cost of a CPU. */
  spunNs = 0;

  /** @returns the time that it is then: dueNs, or later */
  until(dueNs: number): number {
    let spinningNs = 0;
    for (;;) {
      const nowNs = clockNs();
      if (spinningNs === 0) spinningNs = nowNs;
      const leftNs = dueNs - nowNs;
      if (leftNs <= 0) {
        this.spunNs += nowNs - spinningNs;
        return nowNs;
      }
      if (leftNs > sleepAboveNs) {
        Atomics.wait(sleepCell, 0, 0, (leftNs - wakeEarlyNs) / 1e6);
        spinningNs = 0;
      }
    }
  }
}
