import test from 'ava';
import type { Check } from '../../../src/host/check.js';
import type { Hook } from '../../../src/kernel/hooks.js';
import type { ConditionName } from './conditions.js';
import { faultsOf } from './faults.js';
import type { ConditionReport, HostsReport, LeftOutReport } from './report.js';
import { allSegments, good, goodLeftOut, kernel, segmentsLine, words } from './sampleReports.js';
import { hostTables } from './tables.js';

type Doctor = Partial<ConditionReport['doctor']>;
type Snapshot = Partial<ConditionReport['snapshot']>;

const withCondition = (name: ConditionName, doctor: Doctor, snapshot: Snapshot = {}): HostsReport[] =>
  good.map((report) => ({
    ...report,
    conditions: report.conditions.map((one) =>
      one.condition === name
        ? { ...one, doctor: { ...one.doctor, ...doctor }, snapshot: { ...one.snapshot, ...snapshot } }
        : one,
    ),
  }));

const withBoot = (index: number, change: Partial<HostsReport>): HostsReport[] =>
  good.map((report, at) => (at === index ? { ...report, ...change } : report));

const withLeftOut = (change: Partial<LeftOutReport>, hook: Hook = 'net_dev_queue'): HostsReport[] =>
  withBoot(4, {
    leftOut: goodLeftOut.map((one) => (one.without === hook ? { ...one, ...change } : one)),
  });

test('reports in which all is well have no faults', (t) => {
  t.deepEqual(faultsOf(good, kernel), []);
});

const complaint: Check = { name: 'hook kfree_skb', state: 'warning', detail: 'refused', remedy: 'none' };
const faulty: Readonly<Record<string, readonly [reports: readonly HostsReport[], fault: RegExp]>> = {
  'a boot that is missing': [good.slice(1), /as it is: was not met/],
  'a hook that was not left out': [good.slice(0, 4), /net_dev_queue: was not left out/],
  'a kernel that is not locked down': [
    withBoot(2, { lockdown: '[none] integrity' }),
    /integrity: the kernel's lockdown is \[none\]/,
  ],
  'a kernel that can tell of no lockdown': [withBoot(3, { lockdown: null }), /lockdown is null/],
  'tracefs where there should be none': [withBoot(0, { isTracefsMounted: true }), /tracefs is mounted/],
  'doctor content with a host on which nothing works': [
    withCondition('no BTF', { exitCode: 0 }),
    /no BTF: doctor ended with 0 instead of 4/,
  ],
  'a snapshot that fails in another way': [
    withCondition('no BTF', {}, { exitCode: 1 }),
    /no BTF: snapshot ended with 1 instead of 4/,
  ],
  'a host on which it works, refused': [withCondition('as it is', { exitCode: 4 }), /instead of 0/],
  "doctor's noise": [
    withCondition('no BTF', { stderr: 'libbpf: failed to find valid kernel BTF\n' }),
    /doctor wrote to stderr: libbpf/,
  ],
  "snapshot's noise": [
    withCondition('as it is', {}, { stderr: 'libbpf: elf: skipping\n' }),
    /snapshot wrote to stderr/,
  ],
  'doctor without the cause': [withCondition('no capability', { checks: [] }), /doctor does not say/],
  'doctor without a remedy': [
    withCondition('no capability', {
      checks: [{ name: 'it', state: 'missing', detail: words['no capability'], remedy: null }],
    }),
    /doctor does not say/,
  ],
  'a complaint of several lines': [
    withCondition('no capability', {
      checks: [{ name: 'it', state: 'missing', detail: `${words['no capability']}\nmore`, remedy: 'x' }],
    }),
    /a line of several/,
  ],
  'doctor complaining of a hook that works': [
    withCondition('as it is', { checks: [complaint, segmentsLine(allSegments)] }),
    /doctor complains of hooks/,
  ],
  'doctor with other segments than are measured': [
    withCondition('as it is', { checks: [segmentsLine(['driver'])] }),
    /doctor's line of segments is "driver; not/,
  ],
  'a stack trace': [
    withCondition('no BTF', {}, { stderr: 'vifscope: internal error\nError: x\n    at main\n' }),
    /is not operation, object, cause and remedy in one line/,
  ],
  'a message without a remedy': [
    withCondition('no BTF', {}, { stderr: 'vifscope: cannot use it: this kernel has none\n' }),
    /is not operation, object, cause and remedy/,
  ],
  'a message with another cause': [
    withCondition('no BTF', {}, { stderr: 'vifscope: cannot use it: out of memory; get more\n' }),
    /snapshot does not say/,
  ],
  'a segment that is lost': [
    withCondition('as it is', {}, { segments: ['driver'] }),
    /as it is: measured are driver instead of/,
  ],
  'a segment that is measured where it is said to be lost': [
    withCondition('CAP_BPF and CAP_PERFMON, perf_event_paranoid=3', {}, { segments: allSegments }),
    /measured are .*inject instead of/,
  ],
  'another mechanism': [
    withCondition('as it is', {}, { hooks: [] }),
    /tun_get_user is served by null instead of fentry/,
  ],
  'a hook whose want costs more than it should': [
    withLeftOut({ segments: ['driver'] }),
    /without net_dev_queue: measured are driver instead of/,
  ],
  'merged packets that are measured in part where they should be whole': [
    withLeftOut({ mergedBacklog: 'part' }, 'tun_get_user'),
    /without tun_get_user: the backlog of merged packets is measured: part, instead of whole/,
  ],
  'merged packets that are all measured without the hook that sees them': [
    withLeftOut({ mergedBacklog: 'whole' }, 'napi_gro_receive_entry'),
    /without napi_gro_receive_entry: the backlog of merged packets is measured: whole, instead of part/,
  ],
  'merged packets that were not tried': [
    withLeftOut({ mergedBacklog: null }, 'netif_receive_skb'),
    /is measured: null, instead of none/,
  ],
  'a doctor who does not tell of a loss in part': [
    withLeftOut({ doctorLine: 'all are measured' }, 'tun_sendmsg'),
    /without tun_sendmsg: doctor's line of segments is "all are measured"/,
  ],
  'a doctor who does not know what a missing hook costs': [
    withLeftOut({ doctorLine: 'all are measured' }),
    /without net_dev_queue: doctor's line of segments is "all are measured"/,
  ],
};

for (const [title, [reports, fault]] of Object.entries(faulty)) {
  test(`${title} is a fault`, (t) => {
    t.regex(faultsOf(reports, kernel).join('\n'), fault);
  });
}

test('the tables tell what is measured, by what, and the message of what is refused', (t) => {
  const other = withCondition('as it is', {}, { segments: allSegments.slice(1) });
  const table = hostTables([
    { kernel: '6.1.0-50', reports: good },
    { kernel: '6.12.107', reports: other },
  ]);
  t.regex(table, /^\| as it is +\| 6\.1 +\| all segments, inject by fentry +\|$/m);
  t.regex(table, /^\| as it is +\| 6\.12 +\| all but qdisc, inject by fentry +\|$/m);
  t.regex(table, /^\| CAP_BPF and CAP_PERFMON, perf_event_paranoid=3 +\| all +\| all but inject +\|$/m);
  t.regex(table, /^\| no BTF +\| all +\| cannot use it: this kernel has none; mend it +\|$/m);
  t.regex(table, /^\| net_dev_queue +\| all +\| qdisc +\| not tried +\|$/m);
  t.regex(table, /^\| tun_sendmsg +\| all +\| nothing +\| not tried +\|$/m);
  t.regex(table, /^\| napi_gro_receive_entry +\| all +\| nothing +\| part +\|$/m);
  t.regex(hostTables([{ kernel: '6.1', reports: [] }]), /^\| as it is +\| all +\| not tried +\|$/m);
});
