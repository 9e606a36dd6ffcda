// What the service is doing, as it tells it to systemd, to /healthz and /readyz, and to its log.
import type { LastReading } from './pulse.js';

export type ServiceState =
  | { readonly state: 'starting' }
  | { readonly state: 'running' }
  /** The last reading of the kernel's memory failed; the next one that succeeds leads back. */
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'draining' }
  | { readonly state: 'stopped' };

/** From where to where the service may go. What fails at start or end, ends the process. */
const next: Readonly<Record<ServiceState['state'], readonly ServiceState['state'][]>> = {
  starting: ['running', 'draining'],
  running: ['failed', 'draining'],
  failed: ['running', 'draining'],
  draining: ['stopped'],
  stopped: [],
};

export class Lifecycle {
  #now: ServiceState = { state: 'starting' };

  get now(): ServiceState {
    return this.#now;
  }

  /** Whether it measures and answers, be its figures new or not. */
  get isServing(): boolean {
    return this.#now.state === 'running' || this.#now.state === 'failed';
  }

  /** @returns false where there is no way from the present state to this one */
  enter(state: ServiceState): boolean {
    if (!next[this.#now.state].includes(state.state)) return false;
    this.#now = state;
    return true;
  }

  /** Goes between running and failed as the readings go. @returns whether that changed the state */
  follow(reading: LastReading): boolean {
    if (!this.isServing) return false;
    return this.enter(reading.state === 'fine' ? { state: 'running' } : reading);
  }
}
