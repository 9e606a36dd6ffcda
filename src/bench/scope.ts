// What every part of a benchmark is given: where to register what it makes, when to stop, whom to tell.
import type { Cleanup } from './cleanup.js';

export interface Scope {
  readonly cleanup: Cleanup;
  /** Aborted by Ctrl-C: every long wait ends at once with the signal's reason. */
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}
