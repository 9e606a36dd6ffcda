// Places for a log: a directory of its own, and a disk so small that it can be full.
import { type ExecFileSyncOptions, execFileSync, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ExecutionContext } from 'ava';
import { IntervalLog, type Rotation } from '../../../daemon/log/intervalLog.js';
import { reasonOf } from '../../../src/errors.js';

const limitMs = 20_000;
const mounting = 'mount -t tmpfs -o size=64k,mode=777 none /mnt';
/** Whose mount namespace a service without privileges may look into. */
const asNobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups';

export function makeDirectory(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-log-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Opens a log that is closed at the end of the test, and collects what it warns of. */
export function openLog(t: ExecutionContext, directory: string, rotation: Partial<Rotation> = {}) {
  const warnings: string[] = [];
  const warn = (text: string) => warnings.push(text);
  const log = IntervalLog.open({ directory, rotateBytes: 2 ** 20, keep: 100, ...rotation, warn });
  t.teardown(() => log.close());
  return { log, warnings };
}

export const logsIn = (directory: string): readonly string[] => readdirSync(directory).toSorted();
export const textOf = (directory: string, name: string | undefined): string =>
  readFileSync(join(directory, name ?? ''), 'utf8');

/** Why no small disk can be made here, or null. */
export function smallDiskMissing(): string | null {
  if (process.geteuid?.() !== 0) return 'not root';
  try {
    const options: ExecFileSyncOptions = { stdio: 'pipe' };
    execFileSync('unshare', ['--mount', 'sh', '-c', mounting], options);
    return null;
  } catch (error) {
    return reasonOf(error).replace(/\s+/g, ' ');
  }
}

/**
 * A disk of 64 KiB. It is mounted in another process's mount namespace, and is gone with that process, which ends
 * with its standard input at the latest: whatever becomes of the test, nothing stays mounted.
 */
export async function withSmallDisk(body: (directory: string) => Promise<void>): Promise<void> {
  const holder = spawn('unshare', [
    '--mount',
    'sh',
    '-c',
    `${mounting} && echo mounted && exec ${asNobody} cat`,
  ]);
  const closed = once(holder, 'close');
  try {
    const lines = on(createInterface(holder.stdout), 'line', { signal: AbortSignal.timeout(limitMs) });
    await lines.next();
    await body(`/proc/${holder.pid}/root/mnt`);
  } finally {
    holder.stdin.end();
    await closed;
  }
}
