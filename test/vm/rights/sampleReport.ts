// Reports of kernels on which all is well, for the tests of the judge.
import { type Capability, missingCapabilities } from '../../../src/host/capabilities.js';
import type { Check } from '../../../src/host/check.js';
import { ordinaryUid } from '../inside/ordinaryUser.js';
import type { TestKernel } from '../kernels.js';
import {
  type Attempt,
  type Paranoid,
  type RightsReport,
  type Trial,
  type Use,
  type User,
  type UserReport,
  users,
} from './report.js';

export const kernel: TestKernel = {
  series: '6.1',
  suite: 'bookworm',
  functionMechanism: 'fentry',
  fullQueueReason: 'FULL_RING',
};
export const old: TestKernel = { ...kernel, series: '5.10', functionMechanism: 'kprobe' };

const lackOf = (granted: readonly Capability[], use: Use, paranoid: Paranoid, isOld: boolean) =>
  missingCapabilities(use, {
    capabilities: new Set(granted),
    perfEventParanoid: paranoid,
    mapsLimitedByMemlock: isOld,
    tunIsModule: true,
  });

const line = (name: string, missing: readonly string[]): Check =>
  missing.length === 0
    ? { name, state: 'ok', detail: 'fine', remedy: null }
    : { name, state: 'missing', detail: `lacks ${missing.join(', ')}`, remedy: 'grant it' };

function goodAttempt(granted: readonly Capability[], paranoid: Paranoid, isOld: boolean): Attempt {
  const lack = (use: Use) => lackOf(granted, use, paranoid, isOld);
  const works = (use: Use) => lack(use).length === 0 && !(isOld && use === 'fentry');
  const best = (['fentry', 'kprobe'] as const).find(works);
  const functions = line('functions (fentry, kprobe)', best ? [] : lack('kprobe'));
  const hook: Check = {
    name: 'hook tun_get_user',
    state: best ? 'ok' : 'warning',
    detail: best ?? 'refused',
    remedy: null,
  };
  return {
    paranoid,
    trials: (['tp_btf', 'fentry', 'kprobe'] as const).map((use) => ({
      use,
      refusal: works(use) ? null : 'EPERM',
    })),
    doctor: [line('tracepoints (tp_btf)', lack('tp_btf')), functions, ...(works('tp_btf') ? [hook] : [])],
  };
}

function goodUser(user: User, isOld: boolean): UserReport {
  const isLimited = isOld && user.memlock === 'hard 64 KiB';
  const missing = lackOf(user.granted, 'maps', 2, isLimited);
  return {
    ...user,
    uid: ordinaryUid,
    held: user.granted,
    maps: { refusal: missing.length === 0 ? null : 'EPERM', doctor: line('map memory', missing) },
    attempts: user.levels.map((paranoid) => goodAttempt(user.granted, paranoid, isOld)),
  };
}

export const root = (fentry: string | null): Trial[] =>
  (['maps', 'tp_btf', 'fentry', 'kprobe'] as const).map((use) => ({
    use,
    refusal: use === 'fentry' ? fentry : null,
  }));

export const good: RightsReport = {
  unprivilegedBpfDisabled: 2,
  root: root(null),
  users: users.map((user) => goodUser(user, false)),
};
export const goodOld: RightsReport = {
  ...good,
  root: root('ESRCH'),
  users: users.map((user) => goodUser(user, true)),
};
