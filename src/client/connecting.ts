// Whether someone listens on a unix socket.
import { connect } from 'node:net';

/** @returns null when someone does, else the error's code, ETIMEDOUT when there was no outcome in time */
export function outcomeOfConnecting(path: string, limitMs: number): Promise<string | null> {
  const socket = connect(path);
  return new Promise<string | null>((resolve) => {
    socket.once('connect', () => resolve(null));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.setTimeout(limitMs, () => resolve('ETIMEDOUT'));
  }).finally(() => socket.destroy());
}
