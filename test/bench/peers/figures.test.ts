// From turns to the table of peers: no kernel needed.
import test from 'ava';
import { programTotalsOf } from '../../../src/bench/cost/programTotals.js';
import type { Loaded } from '../../../src/bench/overhead/load.js';
import { peersReport } from '../../../src/bench/peers/figures.js';
import type { ObserverName } from '../../../src/bench/peers/observers.js';
import { readPeersOptions } from '../../../src/bench/peers/options.js';
import type { Counted, PeerRounds } from '../../../src/bench/peers/rounds.js';
import { peersText } from '../../../src/bench/peers/text.js';
import { VifscopeError } from '../../../src/errors.js';

const packets = 1_000;
/** Two runs a packet, of so many ns together. */
const counted = (ns: number | null) => ({
  load: {
    packets,
    runs: ns === null ? null : { count: 2 * packets, totalNs: ns * packets },
  } satisfies Counted,
  seenPackets: null,
});
const loaded = (ceilingPacketsPerSecond: number, cpuNs: number | null) => {
  const load: Loaded = {
    ...{ ceilingPacketsPerSecond, cpuNs, p50Ns: 1, p99Ns: 1, p999Ns: 1 },
    ...{ sent: 1, answered: 1, packets, stolenShare: 0, reachedPacketsPerSecond: 1 },
  };
  return { load, seenPackets: null };
};

/** All but perf, which is not there. */
const rounds = (count: number): PeerRounds => ({
  counted: Array.from({ length: count }, () => ({
    off: counted(null),
    empty: counted(60),
    clock: counted(110),
    backlog: counted(120),
    vifscope: counted(180),
    hash: counted(240),
    ring: counted(150),
    bpftrace: counted(420),
    tcpdump: counted(null),
  })),
  loaded: Array.from({ length: count }, () => ({
    off: loaded(1_000_000, 4_000),
    backlog: loaded(800_000, 4_500),
    tcpdump: loaded(500_000, null),
  })),
  absent: [{ name: 'perf', reason: 'it is not installed' }],
});

const figuresOf = (name: ObserverName) => peersReport(rounds(7)).peers.find((one) => one.name === name);

test('what empty programs take is taken out, run by run', (t) => {
  t.is(figuresOf('empty')?.programNs?.median, 0);
  t.is(figuresOf('backlog')?.programNs?.median, 60);
  t.is(figuresOf('bpftrace')?.programNs?.median, 360);
  t.is(figuresOf('bpftrace')?.timesBacklog?.median, 6);
  t.is(figuresOf('off')?.programNs, null);
  t.is(peersReport(rounds(7)).backlogByClock?.median, 60 / 50);
});

test('the host is compared with the turn of the same round without an observer', (t) => {
  t.like(figuresOf('backlog'), { ceilingShare: { median: 0.8 }, addedCpuNs: { median: 500 } });
  t.is(figuresOf('backlog')?.addedAtCeilingNs?.median, 1e9 / 800_000 - 1_000);
  t.is(figuresOf('tcpdump')?.addedCpuNs, null);
  t.is(figuresOf('hash')?.ceilingShare, null);
});

test('the text has a line an observer, the targets, and who was left out and why', (t) => {
  const text = peersText(peersReport(rounds(7)));
  t.regex(text, /bpftrace script +360 \(360 to 360\) +6\.00 \(6\.00 to 6\.00\)/);
  t.regex(text, /bpftrace script by vifscope.* 6\.00 .* at least 5: met\n/);
  t.regex(text, /hash map by vifscope.* 3\.00 .* at least 3: met\n/);
  t.regex(text, /by two clock reads: 1\.20 .* at most 1\.35: met\n/);
  t.regex(text, /Left out: perf record, to \/dev\/null: it is not installed\n/);
  t.false(text.includes('perf record, to /dev/null  '));
});

test('a target is not judged by a single round', (t) => {
  t.regex(peersText(peersReport(rounds(1))), /at least 5: not resolvable/);
});

test('programs are counted once, however many descriptors lead to them', (t) => {
  const program = (id: number, count: number, ns: number) =>
    `pos:\t0\nprog_type:\t5\nprog_id:\t${id}\nrun_time_ns:\t${ns}\nrun_cnt:\t${count}\n`;
  const link = 'link_type:\tperf\nprog_id:\t7\n';
  t.deepEqual(
    programTotalsOf([program(7, 10, 300), program(7, 10, 300), program(8, 5, 50), link, 'pos:\t0\n']),
    {
      count: 15,
      totalNs: 350,
    },
  );
  t.deepEqual(programTotalsOf([]), { count: 0, totalNs: 0 });
});

test('options are whole numbers, and what is none is refused', (t) => {
  t.like(readPeersOptions([]), { rounds: 7, packets: 100_000, json: false });
  t.is(readPeersOptions(['--help']), null);
  t.throws(() => readPeersOptions(['--rounds', '0']), { instanceOf: VifscopeError, code: 'USAGE' });
});
