import test from 'ava';
import { faultsOf } from './faults.js';
import { devicesIn, growth, injectMechanismIn, samplesIn } from './metrics.js';
import type { ServiceReport, ServicesReport } from './report.js';
import { good, kernel, paths, thread } from './sampleReport.js';

const withService = (index: number, change: Partial<ServiceReport>): ServicesReport => ({
  services: good.services.map((one, at) => (at === index ? { ...one, ...change } : one)),
});

const samplesOfBoth = good.services.map(({ samples }) => samples);
const [usual = [], withInject = []] = samplesOfBoth;

test('a report in which all is well has no faults', (t) => {
  t.deepEqual(faultsOf(good, kernel), []);
});

const faulty: Readonly<Record<string, readonly [report: ServicesReport, fault: RegExp]>> = {
  'a service that was not started': [
    { services: good.services.slice(0, 1) },
    /^CAP_BPF \+ CAP_PERFMON \+ CAP_SYS_ADMIN: was not started/,
  ],
  'one thread that holds a capability': [
    withService(0, {
      threads: [thread, { ...thread, sets: { ...thread.sets, CapEff: '000000c000000000' } }],
    }),
    /a thread has CapEff 000000c000000000/,
  ],
  'a capability that a next program would have': [
    withService(1, {
      threads: [thread, { ...thread, sets: { ...thread.sets, CapAmb: '0000000000200000' } }],
    }),
    /a thread has CapAmb/,
  ],
  'a mask that is not told': [
    withService(0, { threads: [thread, { ...thread, sets: { ...thread.sets, CapEff: 'not told' } }] }),
    /a thread has CapEff not told/,
  ],
  'a thread that may gain privileges': [
    withService(0, { threads: [thread, { ...thread, noNewPrivileges: false }] }),
    /may gain privileges/,
  ],
  'a thread of root': [withService(0, { threads: [thread, { ...thread, uid: 0 }] }), /a thread is user 0/],
  'threads that were not looked at': [withService(0, { threads: [] }), /0 threads were looked at/],
  'inject where nobody granted it': [
    withService(0, { injectMechanism: 'kprobe' }),
    /tun_get_user is served by kprobe instead of none/,
  ],
  'inject lost though it was granted': [
    withService(1, { samples: usual }),
    /tun1 inject: 0 samples, 100 packets/,
  ],
  'samples of inject without its hook': [
    withService(0, { samples: withInject }),
    /tap1 inject: 100 samples, 0 packets/,
  ],
  'a packet too few in the metrics': [
    withService(0, {
      samples: usual.map((line) => (line.device === 'veth1' ? { ...line, count: line.count - 1 } : line)),
    }),
    /veth1 backlog: 99 samples, 100 packets/,
  ],
  'a kind of device without packets': [withService(0, { paths: paths.slice(1) }), /veth: carried nothing/],
  'packets lost on the way': [
    withService(0, { paths: paths.map((path) => ({ ...path, received: 99 })) }),
    /tap: 100 packets sent, 99 received/,
  ],
  'a deleted device that stays': [
    withService(0, { devicesAfterDeletion: ['veth1', 'tap0', 'tap1', 'tun0', 'tun1'] }),
    /veth1 is in the metrics after it was deleted/,
  ],
  'a device that leaves with another': [
    withService(0, { devicesAfterDeletion: ['tap0', 'tap1', 'tun0'] }),
    /tun1 left the metrics/,
  ],
  'a service that has to be killed': [
    withService(1, { exitCode: null, said: ['stopping', 'not ended'] }),
    /SIGTERM ended it with null: stopping \| not ended/,
  ],
};

for (const [title, [report, fault]] of Object.entries(faulty)) {
  test(`${title} is a fault`, (t) => {
    t.regex(faultsOf(report, kernel).join('\n'), fault);
  });
}

const name = 'vifscope_segment_latency_seconds';
const page = `# TYPE ${name} histogram
${name}_bucket{device="tun0",netns="n",kind="tun",segment="ring",le="0.1"} 4
${name}_count{device="tun0",netns="n",kind="tun",segment="ring"} 7
${name}_count{device="tun0",netns="n",kind="tun",segment="driver"} 9
vifscope_hook_info{hook="tun_get_user",mechanism="kprobe",state="attached"} 1
`;

test('a page of metrics is read by its labels', (t) => {
  t.deepEqual(samplesIn(page), [
    { device: 'tun0', segment: 'ring', count: 7 },
    { device: 'tun0', segment: 'driver', count: 9 },
  ]);
  t.deepEqual(devicesIn(page), ['tun0']);
  t.is(injectMechanismIn(page), 'kprobe');
  t.is(injectMechanismIn(''), 'not told');
});

test('growth is what a page has more than the one before', (t) => {
  const before = [{ device: 'tun0', segment: 'ring', count: 3 }] as const;
  t.deepEqual(
    growth(before, samplesIn(page)).map(({ count }) => count),
    [4, 9],
  );
});
