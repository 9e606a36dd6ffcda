import test from 'ava';
import { faultsOf } from './faults.js';
import type { CaseReport, CasesReport } from './report.js';
import { type CaseName, caseNames, rowOf } from './table.js';

const packets = 100;
const us = 1_000;

function account(device: string, segment: CaseReport['accounting'][number]['segment'], matched = packets) {
  const none = { dropped: 0, expired: 0, evicted: 0, inFlight: 0, unmatched: 0 };
  return { device, netns: 'case-1', segment, started: matched, matched, ...none };
}

/** A case in which all is as its row has it; 20 µs everywhere, and what netem adds. */
function goodCase(name: CaseName): CaseReport {
  const { expected, delayMs = 0 } = rowOf(name);
  const measured = expected.filter(({ share }) => share !== 'none');
  const strays = rowOf(name).strays ?? [];
  const waitOf = (segment: string) => (segment === 'qdisc' ? delayMs * 1e6 : 0) + 20 * us;
  return {
    name,
    carried: {
      sent: packets,
      received: packets,
      longestNs: 1e9,
      stampedNs: delayMs * 1e6 + 30 * us,
      deliveries: packets / 10,
    },
    segments: measured.map(({ device, segment }) => ({
      device,
      segment,
      count: packets,
      p50Ns: waitOf(segment),
      maxNs: waitOf(segment),
    })),
    accounting: [
      ...measured.filter((line) => !strays.some(({ segment }) => segment === line.segment)),
      ...strays,
    ].map(({ device, segment }) => {
      const isStray = strays.some((stray) => stray.segment === segment);
      const isMeasured = measured.some((line) => line.device === device && line.segment === segment);
      return { ...account(device, segment, isMeasured ? packets : 0), unmatched: isStray ? packets : 0 };
    }),
    drops: [],
  };
}

const merging = {};
const good: CasesReport = { cases: caseNames.map(goodCase), failures: [] };

const withCase = (name: CaseName, change: (one: CaseReport) => Partial<CaseReport>): CasesReport => ({
  ...good,
  cases: good.cases.map((one) => (one.name === name ? { ...one, ...change(one) } : one)),
});

const withSegment = (name: CaseName, segment: string, change: Partial<CaseReport['segments'][number]>) =>
  withCase(name, ({ segments }) => ({
    segments: segments.map((line) => (line.segment === segment ? { ...line, ...change } : line)),
  }));

test('reports in which all is well have no faults', (t) => {
  t.deepEqual(faultsOf(good, merging), []);
});

const faulty: Readonly<Record<string, readonly [report: CasesReport, fault: RegExp]>> = {
  'a case that failed': [
    { cases: good.cases.filter(({ name }) => name !== 'vlan'), failures: [['vlan', 'no such device']] },
    /^vlan: no such device$/m,
  ],
  'a case that was left out': [{ ...good, cases: good.cases.slice(1) }, /plain: was not carried out/],
  'a packet lost': [
    withCase('bridge', ({ carried }) => ({ carried: { ...carried, received: packets - 1 } })),
    /bridge: 100 packets sent, 99 received/,
  ],
  'a packet not measured': [
    withSegment('vlan', 'backlog', { count: packets - 1 }),
    /vlan: v1 backlog: 99 samples of 100/,
  ],
  'with others about, a start without its sample': [
    withSegment('gro', 'backlog', { count: packets - 1 }),
    /gro: v1 backlog: 99 samples/,
  ],
  'a sample where there can be none': [
    withCase('native XDP', ({ segments }) => ({
      segments: [...segments, { device: 'v1', segment: 'backlog', count: 1, p50Ns: 1, maxNs: 1 }],
    })),
    /native XDP: v1 backlog: 1 samples/,
  ],
  'a wait longer than the burst took': [
    withSegment('rps', 'backlog', { maxNs: 2e9 }),
    /rps: v1 backlog: 2000000000 ns, longer than/,
  ],
  'a sample in a segment that the case has not': [
    withCase('plain', ({ segments }) => ({
      segments: [...segments, { device: 'v0', segment: 'qdisc', count: 3, p50Ns: 1, maxNs: 1 }],
    })),
    /plain: v0 qdisc: 3 samples, where none can be/,
  ],
  'a packet in flight after all have arrived': [
    withCase('bridge', ({ accounting }) => ({
      accounting: accounting.map((line) => ({ ...line, started: packets + 1, inFlight: 1 })),
    })),
    /bridge: accounting/,
  ],
  'a drop where all have arrived': [
    withCase('vlan', () => ({ drops: [{ device: 'v1', netns: 'case-1', reason: 'FULL_RING', count: 1 }] })),
    /vlan: dropped/,
  ],
  'XDP that rebuilt nothing': [
    withCase('native XDP', () => ({ accounting: [account('v0', 'driver')] })),
    /native XDP: v1 backlog: nothing is unmatched/,
  ],
  'XDP that leaves stamps behind': [
    withCase('native XDP', ({ accounting }) => ({
      accounting: accounting.map((line) => ({ ...line, started: line.started + 1, inFlight: 1 })),
    })),
    /native XDP: accounting/,
  ],
  'no segment that was cut': [
    withCase('gso', ({ accounting }) => ({
      accounting: accounting.map((line) => ({ ...line, unmatched: 0 })),
    })),
    /gso: v0 qdisc: nothing is unmatched/,
  ],
  'packets that did not merge': [
    withCase('gro', ({ carried }) => ({ carried: { ...carried, deliveries: packets } })),
    /gro: 100 packets were merged into 100 only/,
  ],
  'an end without a start': [
    withCase('jumbo', () => ({ accounting: [{ ...account('v1', 'backlog'), unmatched: 1 }] })),
    /jumbo: accounting/,
  ],
  'where strays are known, a start without an outcome': [
    withCase('gso', () => ({ accounting: [{ ...account('v0', 'qdisc'), started: packets + 1 }] })),
    /gso: accounting/,
  ],
  'a delay that is measured wrongly': [
    withSegment('netem 10 ms', 'qdisc', { p50Ns: 10.4e6 }),
    /netem 10 ms: qdisc of v0 has 10400000 ns at p50, packets were delayed by 10000000 ns/,
  ],
  'a delay that was none': [
    withCase('netem 1 ms', ({ carried }) => ({ carried: { ...carried, stampedNs: 30 * us } })),
    /netem 1 ms: packets were delayed by 0 ns/,
  ],
  'a delay that shows elsewhere': [
    withSegment('netem 1 ms', 'backlog', { p50Ns: 1e6 }),
    /netem 1 ms: the delay shows in v1 backlog too/,
  ],
};

test('times are compared in the run that was disturbed least, all else in every run', (t) => {
  const [disturbed] = withSegment('netem 1 ms', 'qdisc', { p50Ns: 2e6 }).cases.filter(
    ({ name }) => name === 'netem 1 ms',
  );
  if (!disturbed) throw new Error('there is no such case');
  const late = { ...disturbed, carried: { ...disturbed.carried, stampedNs: 3e6 } };
  t.deepEqual(faultsOf({ ...good, cases: [late, ...good.cases] }, merging), []);
  const lossy = { ...late, carried: { ...late.carried, received: packets - 1 } };
  t.regex(
    faultsOf({ ...good, cases: [lossy, ...good.cases] }, merging).join('\n'),
    /netem 1 ms: 100 packets sent, 99 received/,
  );
});

test('packets that did not merge are none where the kernel merges none', (t) => {
  const report = withCase('gro', ({ carried }) => ({ carried: { ...carried, deliveries: packets } }));
  t.deepEqual(faultsOf(report, { vethGro: false }), []);
});

for (const [title, [report, fault]] of Object.entries(faulty))
  test(`${title} is a fault`, (t) => {
    t.regex(faultsOf(report, merging).join('\n'), fault);
  });
