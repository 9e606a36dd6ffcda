// A result in which nothing is missing: what reports are made from.
import { type BenchResult, cpuParts, type PathResult } from '../../../src/bench/result/schema.js';
import { spreadOf } from '../../../src/bench/result/spread.js';
import { figuresFrom, samplePath, sampleResult, sampleTail } from '../sampleResult.js';

const split = (ns: number) => ({
  total: spreadOf([ns, ns + 10, ns - 10]),
  waiting: spreadOf([4_000]),
  parts: Object.fromEntries(cpuParts.map((part) => [part, spreadOf([ns / cpuParts.length])])) as Record<
    (typeof cpuParts)[number],
    ReturnType<typeof spreadOf>
  >,
  softirqs: { NET_RX: spreadOf([ns / 5]) },
  threads: {},
  idleCpus: 0.02,
});

const values = Array.from({ length: 12_000 }, (_, nth) => 1_000 + nth * 300);
const drop = {
  netns: 'generator',
  device: 'tun0',
  place: 'ring',
  reason: 'FULL_RING',
  count: 4_321,
} as const;

/** A path of which all was measured. */
export const whole = (name: string, part: Partial<PathResult> = {}): PathResult => {
  const path = samplePath(name, [100_000, 101_000, 99_000]);
  return {
    ...path,
    cpu: { off: split(5_000), on: split(5_300) },
    tail: { atRate: sampleTail([values]), overLoad: [sampleTail([values], 50), sampleTail([values], 90)] },
    ceiling: path.ceiling && { ...path.ceiling, drops: [drop] },
    ...part,
  };
};

/** Two such paths, a tool's figures, and a series. */
export const sample = (part: Partial<BenchResult> = {}): BenchResult =>
  sampleResult({
    paths: [whole('veth'), whole('tun')],
    tools: [
      {
        path: 'tun',
        tool: 'iperf3',
        version: '3.12',
        command: 'iperf3 -u',
        figures: { lostPercent: 0.5 },
        reason: null,
      },
    ],
    scale: [
      {
        path: 'veth',
        over: 'flows',
        number: 1,
        reason: null,
        isGeneratorBound: false,
        noDropPacketsPerSecond: 100_000,
        cpuNs: spreadOf([5_000]),
        endToEnd: figuresFrom(values),
      },
      {
        path: 'veth',
        over: 'flows',
        number: 4,
        reason: null,
        isGeneratorBound: false,
        noDropPacketsPerSecond: 90_000,
        cpuNs: spreadOf([5_200]),
        endToEnd: figuresFrom(values),
      },
    ],
    surroundings: { governor: 'performance' },
    ...part,
  });
