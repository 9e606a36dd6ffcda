import test from 'ava';
import type { TestKernel } from '../kernels.js';
import { faultsOf } from './faults.js';
import type { Burst, VhostReport } from './report.js';
import {
  account,
  burst,
  good,
  goodMechanism,
  line,
  toGuest,
  toHost,
  withMechanism,
  withStage,
} from './sampleReport.js';

const kernel: TestKernel = {
  series: '6.1',
  suite: 'bookworm',
  functionMechanism: 'fentry',
  fullQueueReason: 'FULL_RING',
};
test('a report in which all is well has no faults', (t) => {
  t.deepEqual(faultsOf(good, kernel), []);
});

const lossy: Burst = { ...burst, arrived: 19 };
const faulty: Readonly<Record<string, readonly [report: VhostReport, fault: RegExp]>> = {
  'a path that loses packets by itself': [
    { ...good, unmeasured: [lossy] },
    /before anything is attached: 20 packets sent, 19 arrived/,
  ],
  'a refusal': [{ ...good, mechanisms: [], refusal: 'no such function' }, /no such function/],
  'a mechanism that was not tried': [
    { ...good, mechanisms: good.mechanisms.slice(0, 1) },
    /without fentry: was not tried/,
  ],
  'a lesser mechanism': [
    withMechanism({ hooks: goodMechanism('without fentry').hooks }),
    /best mechanism: tun_sendmsg has kprobe instead of fentry/,
  ],
  'a stage that was not run': [
    { ...good, mechanisms: good.mechanisms.map((one) => ({ ...one, stages: one.stages.slice(0, 5) })) },
    /late writes: was not run/,
  ],
  'a lost packet': [withStage('single', { bursts: [lossy] }), /single: 20 packets sent, 19 arrived in order/],
  'a late packet that is lost': [
    withStage('late writes', { lateBursts: [lossy] }),
    /late writes: 20 packets sent, 19 arrived in order/,
  ],
  'single packets that went as a batch': [
    withStage('single', { runs: { tun_get_user: 0, tun_sendmsg: 2 } }),
    /single: for 20 packets the programs ran so often/,
  ],
  'a batch that went packet by packet': [
    withStage('batch', { runs: { tun_get_user: 20, tun_sendmsg: 20 } }),
    /batch: for 20 packets the programs ran so often/,
  ],
  'a mixture of one kind': [
    withStage('mixed', { runs: { tun_get_user: 0, tun_sendmsg: 3 } }),
    /mixed: for 20 packets the programs ran so often/,
  ],
  'a start without an outcome': [
    withStage('batch', { accounting: [account('inject', { matched: 19 })] }),
    /accounting/,
  ],
  'an end without a start': [
    withStage('batch', { accounting: [account('inject', { unmatched: 1 })] }),
    /accounting/,
  ],
  'a packet without a sample': [
    withStage('batch', { segments: [line('inject', 100, 2_000, 19), line('backlog', 1, 3)] }),
    /batch: inject: 19 samples, 20 packets/,
  ],
  'a segment without samples': [
    withStage('receive', { segments: toGuest.slice(0, 2) }),
    /ring: 0 samples, 20/,
  ],
  'samples of another segment': [
    withStage('single', { segments: [...toHost, line('ring', 1, 2)] }),
    /single: ring: 20 samples, 0 packets/,
  ],
  'a wait longer than the burst': [
    withStage('mixed', { segments: [line('inject', 100, 10_001), line('backlog', 1, 3)] }),
    /mixed: inject: a sample of 10001 ns, the longest burst took 10000/,
  ],
  'more long waits than packets in long bursts': [
    withStage('mixed', {
      bursts: [
        { packets: 19, arrived: 19, durationNs: 1_500 },
        { packets: 1, arrived: 1, durationNs: 10_000 },
      ],
    }),
    /mixed: inject: 5 samples above 1500 ns, 1 packets in bursts that took longer/,
  ],
  'a batch whose packets all waited alike': [
    withStage('batch', { segments: [line('inject', 1_000, 2_000), line('backlog', 1, 3)] }),
    /has not waited for those before it/,
  ],
  'a wait shorter than the guest stood still': [
    withStage('stopped guest', {
      segments: [line('qdisc', 1, 3), line('driver', 1, 3), line('ring', 8_999, 9_900)],
    }),
    /ring: 8999 ns, but no buffer for 9000 ns/,
  ],
  'a wait for the guest in another segment': [
    withStage('stopped guest', {
      segments: [line('qdisc', 1, 501), line('driver', 1, 3), line('ring', 9_000, 9_900)],
    }),
    /qdisc: 501 ns, sending took 500/,
  ],
};

for (const [title, [report, fault]] of Object.entries(faulty)) {
  test(`${title} is a fault`, (t) => {
    t.regex(faultsOf(report, kernel).join('\n'), fault);
  });
}
