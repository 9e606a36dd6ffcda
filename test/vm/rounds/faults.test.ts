import test from 'ava';
import type { TestKernel } from '../kernels.js';
import { faultsOf } from './faults.js';
import type { Round, RoundsReport } from './report.js';
import { account, good, goodRound, kernel } from './sampleReport.js';

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
      paths: [
        { path: 'tun', firstDevice: 'tun0', lastDevice: 'tun1', sent: 101, received: 100, longestNs: 3 },
      ],
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
  'a wait longer than any packet was under way': [
    withRound(0, {
      paths: [
        { path: 'tun', firstDevice: 'tun0', lastDevice: 'tun1', sent: 100, received: 100, longestNs: 2 },
      ],
    }),
    /tun1 inject has a sample of 3 ns, longer than any packet was under way: 2 ns/,
  ],
  'a mechanism that measures another wait': [
    withRound(1, {
      segments: goodRound('without fentry').segments.map((line) =>
        line.segment === 'inject' ? { ...line, p50Ns: 11 } : line,
      ),
    }),
    /inject of tun differs by mechanism: 2 and 11 ns/,
  ],
  'a veth whose queue is not measured': [
    withRound(0, {
      paths: [
        { path: 'veth', firstDevice: 'veth0', lastDevice: 'veth1', sent: 9, received: 9, longestNs: 3 },
      ],
    }),
    /veth0 qdisc: 0 samples, 9 packets/,
  ],
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
