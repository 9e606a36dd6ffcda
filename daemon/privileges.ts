// From a process that may attach programs to one that may nothing: what the service runs as from then on.
import { execFileSync } from 'node:child_process';
import { reasonOf, VifscopeError } from '../src/errors.js';
import { giveUpPrivilegesAtExec } from '../src/libbpf/process.js';

/** A user by name or number, and its group. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** @throws VifscopeError USAGE when there is no such user, or it is root */
export function identityOf(user: string): Identity {
  const refuse = (reason: string, cause?: unknown) =>
    new VifscopeError({
      code: 'USAGE',
      operation: 'run the service as',
      object: `user ${user}`,
      reason,
      remedy: 'name an unprivileged user of this host under "user" in the configuration',
      cause,
    });
  let entry: string;
  try {
    entry = execFileSync('getent', ['passwd', user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw refuse('this host has no such user', reasonOf(error));
  }
  const [, , uid, gid] = entry.trim().split(':').map(Number);
  if (uid === undefined || gid === undefined || Number.isNaN(uid + gid)) throw refuse('it has no number');
  if (uid === 0) throw refuse('it is root');
  return { uid, gid };
}

/** Becomes another user, in no group but its own, and holds no capability once another program is run. */
export function giveUpPrivileges(identity: Identity | null): void {
  if (identity) {
    process.setgroups?.([identity.gid]);
    process.setgid?.(identity.gid);
    process.setuid?.(identity.uid);
  }
  giveUpPrivilegesAtExec();
}
