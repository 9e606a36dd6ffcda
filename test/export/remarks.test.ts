import test from 'ava';
import { paintFor } from '../../src/export/paint.js';
import { remarkLines } from '../../src/export/remarks.js';
import type { Snapshot } from '../../src/measure/snapshot.js';
import { accountingLine, sampleSnapshot } from './sampleSnapshot.js';

const remarks = (parts: Partial<Snapshot>) => remarkLines(sampleSnapshot(parts), paintFor(false));

test('a quiet run has no remarks', (t) => {
  t.deepEqual(remarks({ accounting: [accountingLine()] }), []);
});

test('when all is well one line accounts for every packet', (t) => {
  const accounting = [
    accountingLine({ started: 1_000_000, matched: 999_990, dropped: 10 }),
    accountingLine({ segment: 'qdisc', started: 5, matched: 3, inFlight: 2 }),
  ];
  t.deepEqual(remarks({ accounting }), [
    'Accounting: 1,000,005 started, all accounted for (999,993 matched, 10 dropped, 2 in flight)',
  ]);
});

test('what expired, was evicted or ended without a start is told line by line', (t) => {
  const accounting = [
    accountingLine({ started: 10, matched: 10 }),
    accountingLine({ device: 'tun\n0', segment: 'ring', started: 10, matched: 7, expired: 2, evicted: 1 }),
    accountingLine({ netns: 'sink', unmatched: 1234 }),
  ];
  t.deepEqual(remarks({ accounting }), [
    'Accounting: 20 started, all accounted for (17 matched, 2 expired, 1 evicted)',
    '  tun\\x0a0 (host) ring: 2 expired, 1 evicted',
    '  veth0 (sink) backlog: 1,234 ended without a start',
  ]);
});

test('imbalances are told even where they cancel each other out', (t) => {
  const accounting = [
    accountingLine({ segment: 'qdisc', started: 10, matched: 8 }),
    accountingLine({ segment: 'driver', started: 10, matched: 12 }),
  ];
  t.deepEqual(remarks({ accounting }), [
    'Accounting: 20 started, not all accounted for (20 matched)',
    '  veth0 (host) qdisc: 2 started without an outcome',
    '  veth0 (host) driver: 2 outcomes more than starts',
  ]);
});

test('missing hooks are named with their reason, a line a reason', (t) => {
  const reason = 'fentry refused\n  (EPERM)\u0007; boot without lockdown';
  const missing = (hook: string, why: string) =>
    ({ hook, mechanism: null, state: 'missing', reason: why }) as const;
  const hooks = [
    missing('tun_get_user', reason),
    missing('kfree_skb', 'left out'),
    missing('tun_sendmsg', reason),
  ];
  t.deepEqual(remarks({ hooks }), [
    'Missing hooks: tun_get_user, tun_sendmsg: fentry refused (EPERM)\\x07; boot without lockdown',
    'Missing hooks: kfree_skb: left out',
  ]);
});

const journeys = {
  ...{
    every: 1,
    everyLeast: 1,
    everyMost: 1,
    begun: 9,
    whole: 9,
    partial: 0,
    ambiguous: 0,
    overlong: 0,
    evicted: 0,
  },
  ...{ lostEvents: 0, unrecognisable: 0, unreturned: [] },
};

test('at which rate packets were followed, and how far it went', (t) => {
  const said = (every: number, everyLeast: number, everyMost: number) =>
    remarks({ journeys: { ...journeys, every, everyLeast, everyMost } })[0]?.split(': ')[1];
  t.is(said(1, 1, 1), 'every packet');
  t.is(said(64, 64, 64), 'one packet in 64');
  t.is(said(4, 1, 8), 'one packet in 1 to 8, in 4 at the end');
  t.is(said(1, 1, 2_048), 'one packet in 1 to 2,048, in 1 at the end');
});

test('what was turned away is told', (t) => {
  t.deepEqual(remarks({ turnedAway: { unlearnedHookRuns: 1234, devices: 0 } }), [
    'Not measured: 1,234 hook runs on devices not learnt yet',
  ]);
  t.deepEqual(remarks({ turnedAway: { unlearnedHookRuns: 2, devices: 3 } }), [
    'Not measured: 2 hook runs on devices not learnt yet, 3 devices without room',
  ]);
});

test('wider buckets than promised are told, and no others', (t) => {
  t.deepEqual(remarks({ bucketWidthPercent: 0.78 }), []);
  t.regex(
    remarks({ bucketWidthPercent: 3.13 }).join(),
    /^Percentiles of segments within 3\.13 %: .*limits\.shards/,
  );
});
