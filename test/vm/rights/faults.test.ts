import test from 'ava';
import type { Capability } from '../../../src/host/capabilities.js';
import type { Check } from '../../../src/host/check.js';
import { faultsOf } from './faults.js';
import type { Paranoid, RightsReport, Use, UserReport } from './report.js';
import { good, goodOld, kernel, old, root } from './sampleReport.js';
import { rightsTable } from './tables.js';

/** The good report with the user who holds exactly these changed. */
const withUser = (granted: readonly Capability[], change: (user: UserReport) => Partial<UserReport>) => ({
  ...good,
  users: good.users.map((user) =>
    user.granted.join() === granted.join() && user.memlock === 'hard 64 KiB'
      ? { ...user, ...change(user) }
      : user,
  ),
});

const withTrial = (granted: readonly Capability[], use: Use, paranoid: Paranoid, refusal: string | null) =>
  withUser(granted, ({ attempts }) => ({
    attempts: attempts.map((attempt) =>
      attempt.paranoid === paranoid
        ? { ...attempt, trials: attempt.trials.map((one) => (one.use === use ? { use, refusal } : one)) }
        : attempt,
    ),
  }));

const withLine = (granted: readonly Capability[], name: string, change: Partial<Check>) =>
  withUser(granted, ({ attempts }) => ({
    attempts: attempts.map((attempt) => ({
      ...attempt,
      doctor: attempt.doctor.map((check) => (check.name === name ? { ...check, ...change } : check)),
    })),
  }));

test('a report in which all is well has no faults', (t) => {
  t.deepEqual(faultsOf(good, kernel), []);
  t.deepEqual(faultsOf(goodOld, old), []);
});

const both: readonly Capability[] = ['CAP_BPF', 'CAP_PERFMON'];
const faulty: Readonly<Record<string, readonly [report: RightsReport, fault: RegExp]>> = {
  'a kernel open to all': [{ ...good, unprivilegedBpfDisabled: 0 }, /unprivileged_bpf_disabled was not 2/],
  'a mechanism that root is refused': [{ ...good, root: root('EINVAL') }, /root, fentry: EINVAL/],
  'a user who was not tried': [{ ...good, users: good.users.slice(1) }, /no capability .*was not tried/],
  'another user than thought': [withUser(both, () => ({ uid: 0 })), /was tried as user 0/],
  'other capabilities than thought': [
    withUser(both, () => ({ held: ['CAP_BPF'] })),
    /was tried as .* CAP_BPF$/m,
  ],
  'a level that was not tried': [withUser(both, () => ({ attempts: [] })), /was tried at paranoia/],
  'a refusal that nobody foretold': [
    withTrial(both, 'kprobe', 2, 'EACCES'),
    /kprobe at paranoia 2 with CAP_BPF CAP_PERFMON .*should do, and the kernel says: EACCES/,
  ],
  'a permission that nobody foretold': [
    withTrial(both, 'fentry', 3, null),
    /fentry at paranoia 3 .*should lack CAP_SYS_ADMIN, and the kernel says: fine/,
  ],
  'more asked for than is needed': [
    withTrial([], 'tp_btf', 2, null),
    /tp_btf at paranoia 2 is said to need CAP_BPF \+ CAP_PERFMON, and works with no capability/,
  ],
  'a line that is ok where nothing works': [
    withLine(['CAP_BPF'], 'tracepoints (tp_btf)', { state: 'ok' }),
    /tracepoints \(tp_btf\) is ok, and the kernel refuses it/,
  ],
  'a line that complains of what works': [
    withLine(both, 'tracepoints (tp_btf)', { state: 'missing' }),
    /is missing, and the kernel allows it/,
  ],
  'the wrong capability named': [
    withLine(['CAP_BPF'], 'tracepoints (tp_btf)', { detail: 'lacks CAP_SYS_RESOURCE' }),
    /names CAP_SYS_RESOURCE, which is not what is lacking/,
  ],
  'no capability named': [
    withLine(['CAP_BPF'], 'functions (fentry, kprobe)', { detail: 'refused' }),
    /names nothing/,
  ],
  'a line that is gone': [
    withLine(both, 'functions (fentry, kprobe)', { name: 'other' }),
    /no line functions/,
  ],
  'a hook with another mechanism than the best that works': [
    withLine(['CAP_SYS_ADMIN'], 'hook tun_get_user', { detail: 'kprobe' }),
    /hook tun_get_user is "kprobe", and what works is fentry/,
  ],
  'a hook that nothing is told of': [withLine(both, 'hook tun_get_user', { name: 'other' }), /no line about/],
};

for (const [title, [report, fault]] of Object.entries(faulty)) {
  test(`${title} is a fault`, (t) => {
    t.regex(faultsOf(report, kernel).join('\n'), fault);
  });
}

test('a limit of locked memory that is none to anybody is a fault before 5.11', (t) => {
  const unlimited = { ...goodOld, users: good.users };
  t.regex(faultsOf(unlimited, old).join('\n'), /maps is said to need CAP_BPF \+ CAP_SYS_RESOURCE/);
});

test('the table has the least of each, and what not even root may', (t) => {
  const table = rightsTable([
    { kernel: '6.1', reports: [good] },
    { kernel: '5.10', reports: [goodOld] },
  ]);
  t.regex(table, /^\| tracepoints \(tp_btf\) +\| CAP_BPF \+ CAP_PERFMON, or CAP_SYS_ADMIN +\|/m);
  t.regex(table, /^\| fentry .* \| CAP_SYS_ADMIN +\| refused to root +\|$/m);
  t.regex(table, /^\| kprobe .* \| 2: CAP_BPF \+ CAP_PERFMON, or CAP_SYS_ADMIN; 3: CAP_SYS_ADMIN +\|/m);
  t.regex(table, /^\| maps.*\| CAP_BPF, or CAP_SYS_ADMIN +\| CAP_BPF \+ CAP_SYS_RESOURCE, or /m);
});
