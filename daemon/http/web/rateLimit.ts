// A token bucket: one request an interval, and a burst after a quiet time.
import type { Rate } from './webConfig.js';

export class RateLimit {
  readonly #rate: Rate;
  #tokens: number;
  #countedAtMs: number;

  /** @param nowMs of a clock that never goes back */
  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#countedAtMs = nowMs;
  }

  /** Whether one more request may pass now. */
  pass(nowMs: number): boolean {
    const { intervalMs, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + (nowMs - this.#countedAtMs) / intervalMs);
    this.#countedAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
