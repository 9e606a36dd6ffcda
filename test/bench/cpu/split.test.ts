// From readings to parts: they add up, softirqs count once, and what the idle host takes is nobody's.
import test from 'ava';
import fc from 'fast-check';
import type { CpuReading } from '../../../src/bench/cpu/reading.js';
import { splitOf } from '../../../src/bench/cpu/split.js';
import { timesBetween } from '../../../src/bench/cpu/times.js';
import { busyAt, processOf, readingAt } from './readings.js';

const softirqs = {
  ns: { NET_RX: 400, TIMER: 100 },
  threads: [
    { pid: 10, tid: 10, ns: { NET_RX: 250, TIMER: 0 } },
    { pid: 30, tid: 31, ns: { NET_RX: 50, TIMER: 10 } },
    { pid: 0, tid: 0, ns: { NET_RX: 60, TIMER: 70 } },
    { pid: 5, tid: 5, ns: { NET_RX: 20, TIMER: 0 } },
  ],
  unplacedNs: 0,
};
const loaded: Partial<CpuReading> = {
  softirq: softirqs,
  processes: [
    processOf(10, 'generator', 1_000),
    processOf(20, 'sink', 200),
    {
      pid: 30,
      role: 'path',
      runNs: 700,
      threads: [
        { tid: 30, name: 'main', runNs: 100 },
        { tid: 31, name: 'worker', runNs: 300 },
        { tid: 32, name: 'worker', runNs: 250 },
      ],
    },
  ],
};

test('a softirq counts as one, and not for the thread that it ran on', (t) => {
  const times = timesBetween(readingAt(0, 0), readingAt(10_000, 17_000, loaded));
  t.is(times.totalNs, 3_000);
  t.deepEqual(times.parts, { generator: 750, sink: 200, path: 640, softirq: 500, rest: 910 });
  t.deepEqual(times.threads, { main: 100, worker: 300 - 60 + 250, other: 50 });
  t.deepEqual(times.softirqs, { NET_RX: 400, TIMER: 100 });
  t.like(times.contexts, {
    generator: { NET_RX: 250, TIMER: 0 },
    sink: {},
    path: { NET_RX: 50, TIMER: 10 },
    idle: { NET_RX: 60, TIMER: 70 },
    ksoftirqd: { NET_RX: 20, TIMER: 0 },
    other: { NET_RX: 20, TIMER: 20 },
  });
});

test('where the kernel keeps softirqs apart, nothing is taken from the threads', (t) => {
  const apart = { ...loaded, runHasSoftirqs: false };
  const { parts, threads } = timesBetween(readingAt(0, 0), readingAt(10_000, 17_000, apart));
  t.deepEqual(parts, { generator: 1_000, sink: 200, path: 700, softirq: 500, rest: 600 });
  t.deepEqual(threads, { main: 100, worker: 550, other: 50 });
});

test('what reading itself takes is in no part', (t) => {
  const [before, after] = [readingAt(0, 0), readingAt(10_000, 17_000)];
  const slow = (reading: CpuReading): CpuReading => ({
    ...reading,
    end: busyAt(reading.end.atNs + 2_000, 17_000),
  });
  t.is(timesBetween(before, slow(after)).totalNs, 3_000);
  t.is(timesBetween({ ...before, begin: busyAt(-5_000, 0) }, after).totalNs, 3_000);
});

const ns = fc.integer({ min: 0, max: 1e9 });

test('the parts, and the threads of the path, add up to the whole, whatever was read', (t) => {
  const vectors = fc.record({ NET_RX: ns, NET_TX: ns, TIMER: ns });
  const reading = fc
    .record({
      at: ns,
      idle: ns,
      all: vectors,
      on: fc.array(vectors, { maxLength: 4 }),
      runs: fc.tuple(ns, ns, ns),
    })
    .map(({ at, idle, all, on, runs: [generator, sink, path] }) =>
      readingAt(at, idle, {
        softirq: {
          ns: all,
          threads: on.map((times, index) => ({ pid: 10 * index, tid: 10 * index, ns: times })),
          unplacedNs: 0,
        },
        processes: [
          processOf(10, 'generator', generator),
          processOf(20, 'sink', sink),
          processOf(30, 'path', path),
        ],
      }),
    );
  const sum = (times: object) => Object.values(times).reduce((all: number, one: number) => all + one, 0);
  fc.assert(
    fc.property(reading, reading, (before, after) => {
      const { totalNs, parts, threads, softirqs: byVector, contexts } = timesBetween(before, after);
      return (
        sum(parts) === totalNs &&
        sum(threads) === parts.path &&
        sum(byVector) === parts.softirq &&
        sum(Object.values(contexts).map(sum)) === parts.softirq
      );
    }),
  );
  t.pass();
});

test('a packet costs what the load took beyond the idle host, over the packets delivered', (t) => {
  const idle = timesBetween(
    readingAt(0, 0),
    readingAt(5_000, 9_000, { softirq: { ...softirqs, ns: { TIMER: 25 }, threads: [] } }),
  );
  const cost = splitOf(
    readingAt(0, 0),
    readingAt(10_000, 17_000, loaded),
    { delivered: 10, waitingNs: 100 },
    idle,
  );
  t.is(cost?.idleCpus, 0.2);
  t.is(cost?.total, (3_000 - 2_000 - 100) / 10);
  t.is(cost?.waiting, 10);
  t.deepEqual(cost?.parts, { generator: 65, sink: 20, path: 64, softirq: 45, rest: 91 - 195 });
  t.deepEqual(cost?.softirqs, { NET_RX: 40, TIMER: 5 });
  t.deepEqual(cost?.threads, { main: 10, worker: 49, other: 5 });
});

test('where nothing was delivered, no packet costs anything', (t) => {
  const idle = timesBetween(readingAt(0, 0), readingAt(5_000, 10_000));
  t.is(
    splitOf(readingAt(0, 0), readingAt(10_000, 17_000, loaded), { delivered: 0, waitingNs: 0 }, idle),
    null,
  );
});
