// A snapshot made up of recorded latencies, for the tests of what is rendered from one.
import { bucketIndexOf } from '../../src/measure/hdr.js';
import { emptyLatencyCounts, figuresOf, type LatencyCounts } from '../../src/measure/histogram.js';
import type { AccountingLine, Figures, SegmentLine, Snapshot } from '../../src/measure/snapshot.js';

/** What the kernel would hold after these latencies. */
export function recorded(latenciesNs: readonly number[]): LatencyCounts {
  const latency = emptyLatencyCounts();
  for (const ns of latenciesNs) {
    const index = bucketIndexOf(ns);
    latency.counts[index] = (latency.counts[index] ?? 0) + 1;
    latency.sumNs += ns;
    latency.minNs = Math.min(latency.minNs ?? ns, ns);
    latency.maxNs = Math.max(latency.maxNs ?? ns, ns);
    latency.total += 1;
  }
  return latency;
}

export const figures = (...latenciesNs: number[]): Figures => figuresOf(recorded(latenciesNs));

export const segmentLine = (line: Partial<SegmentLine> = {}, ...latenciesNs: number[]): SegmentLine => ({
  device: 'veth0',
  netns: 'host',
  netnsInum: 4026531840,
  ifindex: 7,
  kind: 'veth',
  peer: 'sink/veth1',
  segment: 'backlog',
  ...figures(...latenciesNs),
  ...line,
});

export const accountingLine = (line: Partial<AccountingLine> = {}): AccountingLine => ({
  device: 'veth0',
  netns: 'host',
  segment: 'backlog',
  started: 0,
  matched: 0,
  dropped: 0,
  expired: 0,
  evicted: 0,
  inFlight: 0,
  unmatched: 0,
  ...line,
});

export const sampleSnapshot = (parts: Partial<Snapshot> = {}): Snapshot => ({
  version: 1,
  startedAt: '2026-01-02T03:04:05.678Z',
  durationSeconds: 5,
  host: {
    hostname: 'bench',
    kernel: '6.1.0',
    architecture: 'x64',
    cpus: 2,
    libbpf: '1.1.2',
    vifscope: '0.1.0',
  },
  bucketWidthPercent: 0.78,
  hooks: [{ hook: 'net_dev_queue', mechanism: 'tp_btf', state: 'attached', reason: null }],
  segments: [],
  legs: [],
  journeys: null,
  drops: [],
  accounting: [],
  turnedAway: { unlearnedHookRuns: 0, devices: 0 },
  ...parts,
});
