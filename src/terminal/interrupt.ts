// Ctrl-C and its kin as an AbortSignal, so that whoever waits can end in order.
import { setTimeout as sleep } from 'node:timers/promises';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives the signals back their default effect. */
  release(): void;
}

/** Until released, these signals abort instead of killing; a second one changes nothing. */
export function catchInterrupts(): Interruption {
  const controller = new AbortController();
  const abort = (name: NodeJS.Signals) => controller.abort(new Interrupted(name));
  for (const signal of signals) process.on(signal, abort);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of signals) process.off(signal, abort);
    },
  };
}

/** Waits for so long, or until the signal aborts, which is no error. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

class Interrupted extends Error {
  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.name = 'Interrupted';
  }
}
