// A bound for every wait: in time, and by the signal that Ctrl-C aborts.
// By hand, since AbortSignal.any may lose a timeout's signal to the garbage collector on Node 20.

export interface WaitBounds {
  readonly limitSeconds: number;
  /** The error of a wait that took longer. */
  readonly onLimit: () => Error;
  readonly signal?: AbortSignal;
}

/** The promise's outcome, or the limit's error, or the signal's reason, whichever is first. */
export async function within<T>(promise: Promise<T>, bounds: WaitBounds): Promise<T> {
  const { limitSeconds, onLimit, signal } = bounds;
  signal?.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let abort = () => {};
  const bound = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onLimit()), limitSeconds * 1000);
    abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([promise, bound]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
