// What the service is doing, as it tells it to systemd, to /healthz and to its log.

export type ServiceState =
  | { readonly state: 'starting' }
  | { readonly state: 'running' }
  | { readonly state: 'draining' }
  | { readonly state: 'stopped' }
  | { readonly state: 'failed'; readonly reason: string };

/** From where to where the service may go; each state is entered once. */
const next: Readonly<Record<ServiceState['state'], readonly ServiceState['state'][]>> = {
  starting: ['running', 'draining', 'failed'],
  running: ['draining', 'failed'],
  draining: ['stopped', 'failed'],
  stopped: [],
  failed: [],
};

export class Lifecycle {
  #now: ServiceState = { state: 'starting' };

  get now(): ServiceState {
    return this.#now;
  }

  /** @returns false where there is no way from the present state to this one */
  enter(state: ServiceState): boolean {
    if (!next[this.#now.state].includes(state.state)) return false;
    this.#now = state;
    return true;
  }
}
