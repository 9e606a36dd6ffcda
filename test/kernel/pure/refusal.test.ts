import test from 'ava';
import type { Capability } from '../../../src/host/capabilities.js';
import { type RefusedProcess, refusalOf } from '../../../src/kernel/refusal.js';
import { LibbpfError } from '../../../src/libbpf/library.js';

const EPERM = 1;
const ENOENT = 2;
const ESRCH = 3;
const EACCES = 13;
const EINVAL = 22;

const all: readonly Capability[] = ['CAP_SYS_ADMIN'];
const tracing: readonly Capability[] = ['CAP_BPF', 'CAP_PERFMON'];
const who = (capabilities: readonly Capability[], hasTunTypes = true, paranoid = 3): RefusedProcess => ({
  privileges: {
    capabilities: new Set(capabilities),
    perfEventParanoid: paranoid,
    mapsLimitedByMemlock: false,
    tunIsModule: true,
  },
  hasTunTypes,
});
const refused = (errno: number, log?: string) => new LibbpfError('bpf_object__load', errno, log);

test('who lacks a capability is told which, for the mechanism and the setting at hand', (t) => {
  t.deepEqual(refusalOf('tp_btf', refused(EPERM), who(['CAP_BPF'])), {
    reason: 'tp_btf: lacks CAP_PERFMON (EPERM)',
    remedy: 'run it with sudo, or grant CAP_PERFMON',
  });
  t.deepEqual(refusalOf('kprobe', refused(EACCES), who(tracing)), {
    reason: 'kprobe: lacks CAP_SYS_ADMIN (EACCES)',
    remedy: 'run it with sudo, or grant CAP_SYS_ADMIN, or sysctl kernel.perf_event_paranoid=2',
  });
  t.deepEqual(refusalOf('kprobe', refused(EPERM), who(['CAP_PERFMON'], true, 2)), {
    reason: 'kprobe: lacks CAP_BPF (EPERM)',
    remedy: 'run it with sudo, or grant CAP_BPF',
  });
});

test("a module's types that may not be asked for are a lack of privilege, whatever libbpf calls it", (t) => {
  for (const errno of [EPERM, ESRCH])
    t.regex(refusalOf('fentry', refused(errno), who(tracing)).reason, /^fentry: lacks CAP_SYS_ADMIN \(E/);
});

test('types that are not there are no lack of privilege', (t) => {
  const { reason, remedy } = refusalOf('fentry', refused(ESRCH), who(tracing, false));
  t.is(reason, 'fentry: no BTF of this function (ESRCH)');
  t.notRegex(remedy, /CAP_/);
});

test("a function of the kernel's own takes no more than a tracepoint", (t) => {
  const { privileges } = who(tracing, false);
  const builtIn = { privileges: { ...privileges, tunIsModule: false }, hasTunTypes: false };
  t.is(refusalOf('fentry', refused(EPERM), builtIn).reason, 'fentry: refused by the kernel (EPERM)');
});

test('who lacks nothing is told of the kernel, and of no capability', (t) => {
  for (const mechanism of ['tp_btf', 'fentry', 'kprobe'] as const) {
    const { reason, remedy } = refusalOf(mechanism, refused(EPERM), who(all));
    t.is(reason, `${mechanism}: refused by the kernel (EPERM)`);
    t.notRegex(remedy, /CAP_/);
  }
  t.regex(refusalOf('kprobe', refused(ENOENT), who([])).reason, /no such function \(ENOENT\)/);
});

test("the verifier's verdict in one line, even to who lacks something for another step", (t) => {
  const log = "0: (79) r1 = *(u64 *)(r1 +0)\nR1 invalid mem access 'inv'\nprocessed 1 insns (limit 1000000)";
  const { reason, remedy } = refusalOf('kprobe', refused(EACCES, log), who(tracing));
  t.is(reason, "kprobe: R1 invalid mem access 'inv' (EACCES)");
  t.regex(remedy, /report this/);
  t.is(
    refusalOf('fentry', refused(EINVAL, log), who(all)).reason,
    "fentry: R1 invalid mem access 'inv' (EINVAL)",
  );
});

test('helpers that lockdown takes away are told as what they are for', (t) => {
  const { reason, remedy } = refusalOf(
    'tp_btf',
    refused(EINVAL, 'unknown func bpf_probe_read#4\nprocessed 3 insns'),
    who(all),
  );
  t.is(reason, 'tp_btf: the kernel lets no program read its memory (EINVAL)');
  t.regex(remedy, /without lockdown=confidentiality/);
});

test('what nobody has foreseen comes in its own words', (t) => {
  t.regex(refusalOf('tp_btf', refused(7), who(all)).reason, /^tp_btf: bpf_object__load: .*\(E2BIG\)$/);
  t.is(refusalOf('tp_btf', new Error('no such program'), who(all)).reason, 'tp_btf: no such program');
});
