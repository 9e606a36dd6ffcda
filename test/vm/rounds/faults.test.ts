import test from 'ava';
import { hookNames } from '../../../src/kernel/hooks.js';
import { segments } from '../../../src/measure/segments.js';
import type { AccountingLine, HookLine, SegmentLine } from '../../../src/measure/snapshot.js';
import type { TestKernel } from '../kernels.js';
import { faultsOf } from './faults.js';
import { type Round, type RoundName, type RoundsReport, roundNames } from './report.js';

const kernel: TestKernel = {
  series: '6.1',
  suite: 'bookworm',
  functionMechanism: 'fentry',
  fullQueueReason: 'FULL_RING',
};

const hookLine = (hook: string, round: RoundName): HookLine => ({
  hook,
  mechanism: !hook.startsWith('tun_') ? 'tp_btf' : round === 'without fentry' ? 'kprobe' : 'fentry',
  state: 'attached',
  reason: null,
});

function segment(device: string, name: SegmentLine['segment'], count: number): Round['segments'][number] {
  const names = {
    device,
    netns: 'n',
    netnsInum: 1,
    ifindex: 2,
    kind: 'tun',
    peer: null,
    segment: name,
  } as const;
  const times = { minNs: 1, meanNs: 2, p50Ns: 2, p90Ns: 3, p99Ns: 3, p999Ns: 3, p9999Ns: 3, maxNs: 3 };
  return { ...names, ...times, count };
}

function account(started: number, dropped: number): AccountingLine {
  const counts = {
    started,
    matched: started - dropped,
    dropped,
    expired: 0,
    evicted: 0,
    inFlight: 0,
    unmatched: 0,
  };
  return { device: 'tun0', netns: 'n', segment: 'ring', ...counts };
}

/** 100 packets over tun; where the reader is stopped, 40 of them find the queue full. */
function goodRound(name: RoundName): Round {
  const lost = name === 'stopped reader' ? 40 : 0;
  const received = 100 - lost;
  return {
    name,
    durationSeconds: 1,
    hooks: hookNames.map((hook) => hookLine(hook, name)),
    paths: [{ path: 'tun', firstDevice: 'tun0', lastDevice: 'tun1', sent: 100, received }],
    segments: [
      segment('tun0', 'qdisc', 100),
      segment('tun0', 'driver', received),
      segment('tun0', 'ring', received),
      segment('tun1', 'inject', received),
      segment('tun1', 'backlog', received),
    ],
    accounting: [account(100, lost)],
    drops: lost > 0 ? [{ device: 'tun0', netns: 'n', reason: 'FULL_RING', count: lost }] : [],
  };
}

const good: RoundsReport = {
  claiming: 'compare-and-exchange',
  programs: [{ program: 'on_net_dev_queue', refusal: null }],
  rounds: roundNames.map(goodRound),
  traced: segments.map(({ name }) => ({ segment: name, causes: name === 'ring' ? ['stopped'] : [] })),
  failure: null,
};

const withRound = (index: number, change: Partial<Round>): RoundsReport => ({
  ...good,
  rounds: good.rounds.map((round, at) => (at === index ? { ...round, ...change } : round)),
});

test('a report in which all is well has no faults', (t) => {
  t.deepEqual(faultsOf(good, kernel), []);
});

const faulty: Readonly<Record<string, readonly [report: RoundsReport, fault: RegExp]>> = {
  'a refused program': [
    { ...good, programs: [{ program: 'on_kfree_skb', refusal: 'R1 invalid mem access' }] },
    /on_kfree_skb: R1 invalid mem access/,
  ],
  'the costlier way to claim packets': [
    { ...good, claiming: 'gates' },
    /claimed by gates instead of compare-and-exchange/,
  ],
  'a round that was not run': [{ ...good, rounds: good.rounds.slice(0, 2) }, /stopped reader: was not run/],
  'an early end': [{ ...good, failure: 'no such device' }, /no such device/],
  'a lesser mechanism': [
    withRound(0, { hooks: goodRound('without fentry').hooks }),
    /tun_get_user has kprobe instead of fentry/,
  ],
  'packets lost on the way': [
    withRound(0, {
      paths: [{ path: 'tun', firstDevice: 'tun0', lastDevice: 'tun1', sent: 101, received: 100 }],
    }),
    /101 packets sent, 100 received/,
  ],
  'a segment without samples': [
    withRound(0, {
      segments: goodRound('best mechanism').segments.filter((line) => line.segment !== 'inject'),
    }),
    /tun1 inject: 0 samples, 100 packets/,
  ],
  'a start without an outcome': [
    withRound(0, { accounting: [{ ...account(100, 0), matched: 99 }] }),
    /accounting/,
  ],
  'an end without a start': [
    withRound(0, { accounting: [{ ...account(100, 0), unmatched: 1 }] }),
    /accounting/,
  ],
  'a wait longer than the round': [withRound(0, { durationSeconds: 2e-9 }), /longer than the round/],
  'a segment that a trace tells nothing of': [
    { ...good, traced: good.traced.filter(({ segment }) => segment !== 'inject') },
    /no wait in inject/,
  ],
  'a stop that a trace does not see': [
    { ...good, traced: good.traced.map(({ segment }) => ({ segment, causes: ['asleep'] })) },
    /did not tell that the reader was stopped/,
  ],
  'drops without their reason': [withRound(2, { drops: [] }), /40 packets lost, 0 told as FULL_RING/],
};

for (const [title, [report, fault]] of Object.entries(faulty)) {
  test(`${title} is a fault`, (t) => {
    t.regex(faultsOf(report, kernel).join('\n'), fault);
  });
}

test('a kernel without compare-and-exchange is to claim packets behind gates', (t) => {
  const old: TestKernel = { ...kernel, claiming: 'gates' };
  t.deepEqual(faultsOf({ ...good, claiming: 'gates' }, old), []);
  t.regex(faultsOf(good, old).join(), /claimed by compare-and-exchange instead of gates/);
});
