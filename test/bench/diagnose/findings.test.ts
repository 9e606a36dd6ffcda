// Catches: a loss without its place or remedy, a part of the CPU time told as another, a tail blamed on the wrong wait.
import test from 'ava';
import fc from 'fast-check';
import type { Evidence } from '../../../src/bench/diagnose/finding.js';
import { findingsOf, findingsText } from '../../../src/bench/diagnose/findings.js';
import { evidenceOf } from '../../../src/bench/diagnose/ofResult.js';
import { spreadOf } from '../../../src/bench/result/spread.js';
import { samplePath, sampleResult } from '../sampleResult.js';

const nothing: Evidence = {
  path: 'tun',
  sent: 1_000_000,
  drops: [],
  dropsWhen: null,
  waits: [],
  endToEndP99Ns: null,
  cpu: null,
  settings: {},
  causes: [],
};

const wait = (device: string, kind: string, p99Ns: number) => ({
  where: `left/${device} ${kind}`,
  device,
  kind,
  p50Ns: Math.round(p99Ns / 4),
  p99Ns,
  maxNs: p99Ns * 3,
  count: 1_000,
});

test('a full ring is named with its device, its share and what to change', (t) => {
  const drops = [
    { netns: 'left', device: 'tun0', place: 'ring', reason: 'FULL_RING', count: 10_000 },
  ] as const;
  const [finding, ...others] = findingsOf([{ ...nothing, drops }]);
  t.deepEqual(others, []);
  t.is(finding?.share, 0.01);
  t.regex(finding?.what ?? '', /lost on left\/tun0: its ring was full/);
  t.is(finding?.evidence, '10,000 of 1,000,000 sent (1.00 %), ring, reason FULL_RING');
  t.regex(finding?.remedy ?? '', /ip link set tun0 txqueuelen/);
});

test('where the kernel gives no reason the place is enough, and where neither tells that is said', (t) => {
  const drop = { netns: 'right', device: 'veth1', reason: null, count: 5 };
  const [socket, unknown] = findingsOf([
    {
      ...nothing,
      drops: [
        { ...drop, place: 'socket' },
        { ...drop, place: 'unknown', reason: 'NEW_REASON', count: 4 },
      ],
    },
  ]);
  t.regex(socket?.what ?? '', /receiver's socket was full/);
  t.regex(unknown?.what ?? '', /the kernel gives NEW_REASON/);
  t.is(unknown?.remedy, null);
});

test('the CPU time goes to the greatest part, with the softirq or thread that took most of it', (t) => {
  const one = (ns: number) => spreadOf([ns]);
  const cpu = {
    total: one(1_000),
    waiting: one(500),
    parts: { generator: one(150), sink: one(50), softirq: one(300), path: one(480), rest: one(20) },
    softirqs: { NET_RX: one(290), TIMER: one(10) },
    threads: { 'qemu-system-x86': one(80), 'vhost-42': one(400) },
    idleCpus: 0.01,
  };
  const findings = findingsOf([{ ...nothing, path: 'tap', cpu, settings: { accelerator: 'tcg' } }]);
  t.deepEqual(
    findings.map(({ what }) => what),
    [
      "the path's own threads took 48.00 % of the CPU time, most of it vhost-42",
      'softirqs took 30.00 % of the CPU time, most of it NET_RX',
      'the generator took 15.00 % of the CPU time',
    ],
  );
  t.regex(findings[0]?.remedy ?? '', /KVM/);
});

test('the tail is where the longest wait is, with the cause that single packets had', (t) => {
  const findings = findingsOf([
    {
      ...nothing,
      endToEndP99Ns: 1_000_000,
      waits: [wait('tun0', 'ring', 900_000), wait('tun1', 'backlog', 20_000)],
      causes: [
        {
          where: 'left/tun0 ring',
          cause: 'no_cpu',
          packets: 7,
          example: 'Its reader waited 1 ms for a CPU.',
        },
      ],
    },
  ]);
  t.is(findings.length, 1);
  t.regex(findings[0]?.what ?? '', /for their reader.*left\/tun0 ring\. Its reader waited 1 ms for a CPU/);
  t.regex(findings[0]?.evidence ?? '', /max 2\.70? ms: 90\.00 % of 1(\.00)? ms end to end at p99$/);
});

test('of live traffic, where nothing is end to end, a wait is held against all waits', (t) => {
  const [finding] = findingsOf([{ ...nothing, path: null, waits: [wait('tun0', 'ring', 900_000)] }]);
  t.regex(finding?.evidence ?? '', /: 100\.00 % of what all waits have at p99$/);
});

test('drops above the ceiling are no share of what was sent at the rate', (t) => {
  const drops = [
    { netns: 'generator', device: 'tun0', place: 'ring', reason: 'FULL_RING', count: 4_000 },
    { netns: 'sink', device: null, place: 'socket', reason: 'SOCKET_RCVBUFF', count: 1_000 },
  ] as const;
  const path = samplePath('tun', [100_000]);
  const above = { ...path, ceiling: path.ceiling && { ...path.ceiling, drops: [...drops] } };
  const [ring, socket] = findingsOf(evidenceOf(sampleResult({ paths: [above] }))).filter(
    ({ area }) => area === 'loss',
  );
  t.is(ring?.share, 0.8);
  t.regex(ring?.what ?? '', /^packets were lost above the ceiling on generator\/tun0/);
  t.regex(ring?.evidence ?? '', /^4,000 of all drops seen above the ceiling \(80\.00 %\)/);
  t.is(socket?.share, 0.2);
});

test('nothing wrong is said in a line', (t) => {
  t.is(
    findingsText(findingsOf([nothing])),
    'Nothing lost, nothing that takes much, no tail that stands out.\n',
  );
});

test('names are printed without what a terminal would act on, and every share is one', (t) => {
  const drop = fc.record({
    netns: fc.string(),
    device: fc.option(fc.string()),
    place: fc.constantFrom('qdisc', 'driver', 'ring', 'backlog', 'socket', 'unknown'),
    reason: fc.option(fc.string()),
    count: fc.nat(1_000),
  });
  const property = fc.property(fc.array(drop), fc.constantFrom(null, 10_000_000), (drops, sent) => {
    const findings = findingsOf([{ ...nothing, sent, drops }]);
    t.is(findings.length, drops.filter(({ count }) => count > 0).length);
    for (const { share } of findings) t.true(share > 0 && share <= 1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
    t.notRegex(findingsText(findings), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
  fc.assert(property);
});
