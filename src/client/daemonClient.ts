// The client of a running daemon's control socket: snapshots from what is attached already, without a privilege.
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf, VifscopeError } from '../errors.js';
import type { Snapshot } from '../measure/snapshot.js';
import { outcomeOfConnecting } from './connecting.js';
import { getOverUnix, type Reply } from './httpOverUnix.js';
import { errorOfJson, isSnapshot, snapshotEndPath, snapshotPath } from './protocol.js';

export interface SnapshotOrder {
  readonly durationSeconds: number;
  /** Globs over a device's name or "netns/name"; none means every device. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Ends the interval early; what was measured until then is still answered. */
  readonly signal?: AbortSignal;
}

export interface DaemonClient {
  /** @throws VifscopeError: the daemon's own, or FAILED when it doesn't answer as it should */
  snapshot(order: SnapshotOrder): Promise<Snapshot>;
}

export interface ClientLimits {
  /** What the daemon gets to answer, on top of the interval. */
  readonly answerSeconds: number;
  /** How often it is asked again to end an interval that it doesn't know yet. */
  readonly askAgainMs: number;
}

const defaultLimits: ClientLimits = { answerSeconds: 10, askAgainMs: 100 };

/** Asked for more, a Node timer fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Looks for a daemon at its control socket.
 * @returns null when there is none
 * @throws VifscopeError UNSUPPORTED_HOST when there is one that this user may not talk to, FAILED when it can't be told
 */
export async function findDaemon(
  path: string,
  limits: Partial<ClientLimits> = {},
): Promise<DaemonClient | null> {
  const { answerSeconds, askAgainMs } = { ...defaultLimits, ...limits };
  const code = await outcomeOfConnecting(path, answerSeconds * 1_000);
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ECONNREFUSED') return null;
  if (code === 'EACCES' || code === 'EPERM') throw notAllowed(path, code);
  if (code !== null) throw failure(path, code);
  return { snapshot: (order) => takeSnapshot(path, order, { answerSeconds, askAgainMs }) };
}

async function takeSnapshot(path: string, order: SnapshotOrder, limits: ClientLimits): Promise<Snapshot> {
  const id = randomBytes(12).toString('hex');
  const over = new AbortController();
  const limitIn = (seconds: number) =>
    setTimeout(() => over.abort(new Error('no answer in time')), Math.min(seconds * 1_000, longestTimerMs));
  let limit = limitIn(order.durationSeconds + limits.answerSeconds);
  const endEarly = () => {
    clearTimeout(limit);
    limit = limitIn(limits.answerSeconds);
    endInterval(path, id, over.signal, limits.askAgainMs);
  };
  order.signal?.addEventListener('abort', endEarly);
  if (order.signal?.aborted) endEarly();
  try {
    return snapshotOf(await getOverUnix(path, targetOf(order, id), over.signal), path);
  } catch (error) {
    throw error instanceof VifscopeError ? error : failure(path, reasonOf(error), error);
  } finally {
    clearTimeout(limit);
    order.signal?.removeEventListener('abort', endEarly);
    over.abort(new Error('answered'));
  }
}

function targetOf({ durationSeconds, include, exclude }: SnapshotOrder, id: string): string {
  const query = new URLSearchParams({ duration: `${durationSeconds.toFixed(6)}s`, id });
  for (const glob of include) query.append('device', glob);
  for (const glob of exclude) query.append('exclude', glob);
  return `${snapshotPath}?${query}`;
}

/** Asks until it is done or the snapshot is there: the order itself may still be on its way. */
async function endInterval(path: string, id: string, over: AbortSignal, askAgainMs: number): Promise<void> {
  while (!over.aborted) {
    // Whatever goes wrong here goes wrong with the snapshot too, which tells it.
    const reply = await getOverUnix(path, `${snapshotEndPath}?id=${id}`, over).catch(() => null);
    if (reply?.status === 200) return;
    await sleep(askAgainMs, undefined, { signal: over }).catch(() => {});
  }
}

function snapshotOf({ status, text }: Reply, path: string): Snapshot {
  const json = jsonOf(text);
  if (status !== 200) throw errorOfJson(json) ?? failure(path, `it answered with status ${status}`);
  if (!isSnapshot(json)) throw failure(path, 'what it answered is no snapshot of version 1');
  return json;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const failure = (path: string, reason: string, cause?: unknown): VifscopeError =>
  new VifscopeError({
    code: 'FAILED',
    operation: 'take a snapshot from the daemon at',
    object: path,
    reason,
    remedy: 'see journalctl -u vifscope, or measure with sudo and --no-daemon',
    cause,
  });

const notAllowed = (path: string, code: string): VifscopeError =>
  new VifscopeError({
    code: 'UNSUPPORTED_HOST',
    operation: 'talk to the daemon at',
    object: path,
    reason: `this user may not (${code})`,
    remedy: `join the group that owns ${dirname(path)}, or measure with sudo and --no-daemon`,
  });
