import test from 'ava';
import fc from 'fast-check';
import { type Cause, causeSentence, causesOf } from '../../src/trace/causes.js';
import type { Outlier } from '../../src/trace/outlier.js';
import { during, ksoftirqd, ms, outlier, task } from './sampleOutlier.js';

interface Case {
  readonly title: string;
  readonly outlier: Outlier;
  readonly causes: readonly (readonly [name: Cause['cause'], explainedMs: number])[];
  readonly sentence: RegExp;
}

const cases: readonly Case[] = [
  {
    title: 'nothing is known',
    outlier: outlier(),
    causes: [],
    sentence: /^No cause shows in what was recorded\.$/,
  },
  {
    title: 'the reader stood still',
    outlier: outlier({ task: during({ stoppedNs: 95 * ms, runnableNs: 5 * ms }) }),
    causes: [['stopped', 95]],
    sentence: /^Its reader socat\[77\] stood still for 95\.0 ms, stopped by a signal or a debugger\.$/,
  },
  {
    title: 'it slept, then waited for a CPU: the longer one first',
    outlier: outlier({ task: during({ sleepingNs: 30 * ms, runnableNs: 70 * ms }) }),
    causes: [
      ['no_cpu', 70],
      ['asleep', 30],
    ],
    sentence:
      /^Its reader socat\[77\] waited 70\.0 ms for a CPU; and its reader socat\[77\] slept 30\.0 ms before it was woken\.$/,
  },
  {
    title: 'a reader not known before: by its last wake-up and switch-in',
    outlier: outlier({ task: task({ wokenNs: 1_020 * ms, scheduledNs: 1_090 * ms }) }),
    causes: [
      ['no_cpu', 70],
      ['asleep', 20],
    ],
    sentence: /waited 70\.0 ms for a CPU; .* slept 20\.0 ms/,
  },
  {
    title: 'a reader not known before that was stopped',
    outlier: outlier({ task: task({ wokenNs: 1_095 * ms, scheduledNs: 1_096 * ms, wasStopped: true }) }),
    causes: [['stopped', 95]],
    sentence: /stood still for 95\.0 ms/,
  },
  {
    title: 'a reader that has had its CPU since before the packet came',
    outlier: outlier({ task: task({ wokenNs: 980 * ms, scheduledNs: 990 * ms }) }),
    causes: [],
    sentence: /^No cause/,
  },
  {
    title: 'whoever a softirq has interrupted is no reader',
    outlier: outlier({ segment: 'backlog', task: during({ stoppedNs: 100 * ms }) }),
    causes: [],
    sentence: /^No cause/,
  },
  {
    title: 'a reader whose notes were begun anew: the difference of its totals has wrapped',
    outlier: outlier({
      start: { aheadPackets: 43, cpu: 0 },
      task: during({ sleepingNs: Number(2n ** 64n - 5_000_000n), runningNs: 0 }),
    }),
    causes: [['queue', 100]],
    sentence: /^43 packets were ahead of it in a ring of 500\.$/,
  },
  {
    title: 'a reader whose times are more than the wait, or less, has not been read whole',
    outlier: outlier({ endCpu: 1, task: during({ runnableNs: 20 * ms, runningNs: 81 * ms }) }),
    causes: [],
    sentence: /^No cause/,
  },
  {
    title: 'a reader whose last wake-up was not seen',
    outlier: outlier({ task: task({ scheduledNs: 1_090 * ms }) }),
    causes: [],
    sentence: /^No cause/,
  },
  {
    title: 'packets ahead, and a reader that works',
    outlier: outlier({ start: { aheadPackets: 43, cpu: 0 }, task: during({ runningNs: 100 * ms }) }),
    causes: [['queue', 100]],
    sentence: /^43 packets were ahead of it in a ring of 500\.$/,
  },
  {
    title: 'a full ring',
    outlier: outlier({ start: { aheadPackets: 499, cpu: 0 } }),
    causes: [['queue', 100]],
    sentence: /^The ring was full: 499 packets were ahead of it in a ring of 500\.$/,
  },
  {
    title: 'a full ring whose reader then slept for most of the time',
    outlier: outlier({ start: { aheadPackets: 499, cpu: 0 }, task: during({ sleepingNs: 80 * ms }) }),
    causes: [
      ['asleep', 80],
      ['queue', 20],
    ],
    sentence: /^Its reader .* slept 80\.0 ms .*; and the ring was full: 499 packets/,
  },
  {
    title: 'one packet ahead in a queue',
    outlier: outlier({ segment: 'qdisc', start: { aheadPackets: 1, cpu: 0 } }),
    causes: [['queue', 100]],
    sentence: /^1 packet was ahead of it in a queue of 500\.$/,
  },
  {
    title: 'left to ksoftirqd, which had to wait',
    outlier: outlier({
      segment: 'backlog',
      endCpu: 3,
      start: { aheadPackets: 0, cpu: 3 },
      ksoftirqd: ksoftirqd({ wokenNs: 1_010 * ms, scheduledNs: 1_080 * ms, isEnd: true }),
    }),
    causes: [['ksoftirqd', 90]],
    sentence: /^Its softirq was left to ksoftirqd\/3, which waited 70\.0 ms for a CPU\.$/,
  },
  {
    title: 'left to a ksoftirqd that still waits',
    outlier: outlier({
      segment: 'backlog',
      ksoftirqd: ksoftirqd({ wokenNs: 900 * ms, scheduledNs: 800 * ms, isWaitingForCpu: true }),
    }),
    causes: [['ksoftirqd', 100]],
    sentence:
      /^Its softirq was left to ksoftirqd\/0, which had no CPU yet after 100 ms, when the packet was taken in its place\.$/,
  },
  {
    title: 'a ksoftirqd that has nothing to do with it',
    outlier: outlier({
      segment: 'backlog',
      ksoftirqd: ksoftirqd({ wokenNs: 900 * ms, scheduledNs: 901 * ms }),
    }),
    causes: [],
    sentence: /^No cause/,
  },
  {
    title: 'received by another CPU',
    outlier: outlier({ segment: 'backlog', start: { aheadPackets: 0, cpu: 0 }, endCpu: 1 }),
    causes: [['moved_cpu', 0]],
    sentence: /^It moved from CPU 0 to CPU 1\.$/,
  },
  {
    title: 'a ring read on another CPU than it was filled on is nothing unusual',
    outlier: outlier({ start: { aheadPackets: 0, cpu: 1 }, task: during({ startCpu: 0 }) }),
    causes: [],
    sentence: /^No cause/,
  },
  {
    title: 'a reader that moves',
    outlier: outlier({ endCpu: 1, task: during({ startCpu: 0 }) }),
    causes: [['moved_cpu', 0]],
    sentence: /^Its reader socat\[77\] moved from CPU 0 to CPU 1\.$/,
  },
  {
    title: 'a writer without a CPU',
    outlier: outlier({ segment: 'inject', task: during({ runnableNs: 99 * ms }) }),
    causes: [['no_cpu', 99]],
    sentence: /^Its writer socat\[77\] waited 99\.0 ms for a CPU\.$/,
  },
];

for (const { title, outlier: told, causes, sentence } of cases)
  test(title, (t) => {
    const found = causesOf(told);
    t.deepEqual(
      found.map(({ cause, explainedNs }) => [cause, explainedNs / ms]),
      causes.map(([name, explainedMs]) => [name, explainedMs]),
    );
    t.regex(causeSentence(found), sentence);
  });

test('a name that steers a terminal does not get there', (t) => {
  const told = outlier({ task: { ...during({ stoppedNs: 99 * ms }), name: '\u001b[31mx' } });
  t.regex(causeSentence(causesOf(told)), /\\x1b\[31mx\[77\]/);
});

const slackNs = 10_000;
const anyU64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(Number);

test('whatever the record says: no cause explains more than the wait, and the main one is first', (t) => {
  const ns = fc.oneof(fc.integer({ min: 0, max: 2_000 * ms }), anyU64);
  const share = fc.oneof(fc.integer({ min: 0, max: 30 * ms }), anyU64);
  const addingUp = fc
    .tuple(fc.nat(100 * ms), fc.nat(100 * ms), fc.nat(100 * ms), fc.integer({ min: -slackNs, max: slackNs }))
    .map(([...cuts]) => {
      const more = cuts.pop() ?? 0;
      const [a = 0, b = 0, c = 0] = cuts.toSorted((one, other) => one - other);
      const whole = 100 * ms + more;
      return { runningNs: a, runnableNs: b - a, sleepingNs: c - b, stoppedNs: Math.max(0, whole - c) };
    });
  const anyOutlier = fc.record({
    segment: fc.constantFrom('qdisc', 'driver', 'backlog', 'ring', 'inject'),
    start: fc.option(
      fc.record({ aheadPackets: fc.integer({ min: 0, max: 999 }), cpu: fc.integer({ min: 0, max: 3 }) }),
    ),
    endCpu: fc.integer({ min: 0, max: 3 }),
    wokenNs: ns,
    scheduledNs: ns,
    wasStopped: fc.boolean(),
    during: fc.option(
      fc.oneof(
        addingUp.map((times) => ({ ...times, startCpu: 1 })),
        fc.record({
          runningNs: share,
          runnableNs: share,
          sleepingNs: share,
          stoppedNs: share,
          startCpu: fc.integer({ min: 0, max: 3 }),
        }),
      ),
    ),
    ksoftirqd: fc.option(
      fc.record({ wokenNs: ns, scheduledNs: ns, isWaitingForCpu: fc.boolean(), isEnd: fc.boolean() }),
    ),
  });
  fc.assert(
    fc.property(anyOutlier, ({ wokenNs, scheduledNs, wasStopped, during: times, ...given }) => {
      const told = outlier({ ...given, task: task({ wokenNs, scheduledNs, wasStopped, during: times }) });
      const causes = causesOf(told);
      for (const { explainedNs } of causes) t.true(explainedNs >= 0 && explainedNs <= told.waitNs);
      const explained = causes.map(({ explainedNs }) => explainedNs);
      t.deepEqual(
        explained,
        explained.toSorted((a, b) => b - a),
      );
      t.regex(causeSentence(causes), /^[A-Z0-9].*\.$/);
    }),
  );
});
