// The file of a unix socket: put in place at once with its mode, never over what is in use or is no socket, and
// removed only while it is still ours.
import { chmodSync, lstatSync, mkdtempSync, renameSync, rmdirSync, rmSync, type Stats } from 'node:fs';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { outcomeOfConnecting } from '../../src/client/connecting.js';
import { reasonOf, VifscopeError } from '../../src/errors.js';

/** sun_path in sockaddr_un, less the final zero. */
const mostPathBytes = 107;
const answerMs = 1_000;

export interface SocketFile {
  /** Removes it, unless another has taken its place. */
  remove(): void;
}

/**
 * Makes the server listen at the path; a socket there that nobody listens on is replaced.
 * @param mode of the file: who may connect
 * @throws VifscopeError USAGE when the path is too long, FAILED when it is in use, no socket, or can't be made
 */
export async function listenAt(server: Server, path: string, mode: number): Promise<SocketFile> {
  requireShort(path);
  await requireFree(path);
  // Bound under another name and then renamed: nobody sees it with a mode that isn't its own, and libuv, which
  // removes the name it has bound when it closes, never removes another's file.
  const directory = makeBesides(path);
  const name = join(directory, 's');
  try {
    requireShort(path, name);
    await listening(server, name, path);
    chmodSync(name, mode);
    const { dev, ino } = lstatSync(name);
    renameSync(name, path);
    return { remove: () => removeIf(path, (stats) => stats.dev === dev && stats.ino === ino) };
  } catch (error) {
    server.close();
    rmSync(name, { force: true });
    throw error instanceof VifscopeError ? error : failure(path, reasonOf(error), elsewhere, error);
  } finally {
    rmdirSync(directory);
  }
}

const elsewhere = 'name another place under control.socket';

function requireShort(path: string, bound = path): void {
  const bytes = Math.max(Buffer.byteLength(path), Buffer.byteLength(bound));
  if (bytes <= mostPathBytes) return;
  throw new VifscopeError({
    code: 'USAGE',
    operation: 'listen on the control socket',
    object: path,
    reason: `a socket's path has at most ${mostPathBytes} bytes, and this needs ${bytes}`,
    remedy: `name a shorter one under control.socket`,
  });
}

async function requireFree(path: string): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isSocket())
    throw failure(path, 'something that is no socket is in its place', `move it away, or ${elsewhere}`);
  const code = await outcomeOfConnecting(path, answerMs);
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return;
  const reason = code === null ? 'another daemon listens there' : `it can't be told whose it is (${code})`;
  throw failure(path, reason, `stop the other (systemctl stop vifscope), or ${elsewhere}`);
}

function makeBesides(path: string): string {
  try {
    return mkdtempSync(`${dirname(path)}/.`);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing ? 'its directory is missing' : `its directory can't be written to`;
    const remedy = `make ${dirname(path)} for the service's user (RuntimeDirectory= in its unit), or ${elsewhere}`;
    throw failure(path, `${reason} (${reasonOf(error)})`, remedy, error);
  }
}

const listening = (server: Server, name: string, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const refuse = (error: Error) => reject(failure(path, reasonOf(error), elsewhere, error));
    server.once('error', refuse);
    server.listen(name, () => {
      server.off('error', refuse);
      resolve();
    });
  });

function removeIf(path: string, isOurs: (stats: Stats) => boolean): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && isOurs(stats)) rmSync(path, { force: true });
}

const failure = (object: string, reason: string, remedy: string, cause?: unknown): VifscopeError =>
  new VifscopeError({
    code: 'FAILED',
    operation: 'listen on the control socket',
    object,
    reason,
    remedy,
    cause,
  });
