// Runs inside the VM: each set of capabilities in the hands of an ordinary user, who tries every mechanism.
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Scope } from '../../../src/bench/scope.js';
import { startTied, type TiedProcess } from '../../../src/bench/tiedProcess.js';
import { asUser } from '../inside/ordinaryUser.js';
import { limitLockedMemory } from '../inside/processRights.js';
import {
  type Attempt,
  memlockLimits,
  type RightsReport,
  type User,
  type UserReport,
  users,
} from './report.js';
import { tryUses } from './trials.js';
import type { Task, Told } from './trialUser.js';

const program = fileURLToPath(new URL('./trialUser.js', import.meta.url));
const sysctls = '/proc/sys/kernel';

export async function run(_variant: string, scope: Scope): Promise<RightsReport> {
  writeFileSync(`${sysctls}/unprivileged_bpf_disabled`, '2');
  const root = tryUses(['maps', 'tp_btf', 'fentry', 'kprobe']);
  const reports: UserReport[] = [];
  for (const user of users) {
    scope.progress(`${user.granted.join(' ') || 'no capability'}, ${user.memlock}`);
    reports.push(await reportOf(user, scope));
  }
  return {
    unprivilegedBpfDisabled: Number(readFileSync(`${sysctls}/unprivileged_bpf_disabled`, 'utf8')),
    root,
    users: reports,
  };
}

async function reportOf(user: User, scope: Scope): Promise<UserReport> {
  const command = asUser(user.granted, [process.execPath, program]);
  const child = startTied('user', command, ['ignore', 'inherit', 'pipe', 'ipc'], scope);
  try {
    limitLockedMemory(child.pid, memlockLimits[user.memlock]);
    const { trials, doctor, ...identity } = await ask(child, 'maps');
    if (doctor === undefined || trials[0] === undefined) throw new Error('doctor has no line about maps');
    // Programs are counted too, and are tried for themselves.
    limitLockedMemory(child.pid, { softBytes: null, hardBytes: null });
    const attempts: Attempt[] = [];
    for (const paranoid of user.levels) {
      writeFileSync(`${sysctls}/perf_event_paranoid`, String(paranoid));
      attempts.push({ paranoid, ...(await ask(child, 'mechanisms')) });
    }
    return { ...user, ...identity, maps: { refusal: trials[0].refusal, doctor }, attempts };
  } finally {
    await child.stop();
  }
}

async function ask<T extends Task>({ child, ended }: TiedProcess, task: T): Promise<Told<T>> {
  const early = ended.then((how) => Promise.reject(new Error(`the user has ended: ${how}`)));
  child.send(task);
  const [told] = await Promise.race([once(child, 'message'), early]);
  return told as Told<T>;
}
