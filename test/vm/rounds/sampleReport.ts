// Reports of a kernel on which all is well, for the tests of the judge.
import { hookNames } from '../../../src/kernel/hooks.js';
import { segments } from '../../../src/measure/segments.js';
import type { AccountingLine, HookLine, SegmentLine } from '../../../src/measure/snapshot.js';
import type { TestKernel } from '../kernels.js';
import { type Round, type RoundName, type RoundsReport, roundNames } from './report.js';

export const kernel: TestKernel = {
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

export function account(started: number, dropped: number): AccountingLine {
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
export function goodRound(name: RoundName): Round {
  const lost = name === 'stopped reader' ? 40 : 0;
  const received = 100 - lost;
  return {
    name,
    durationSeconds: 1,
    hooks: hookNames.map((hook) => hookLine(hook, name)),
    paths: [{ path: 'tun', firstDevice: 'tun0', lastDevice: 'tun1', sent: 100, received, longestNs: 1e6 }],
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

export const good: RoundsReport = {
  claiming: 'compare-and-exchange',
  programs: [{ program: 'on_net_dev_queue', refusal: null }],
  rounds: roundNames.map(goodRound),
  traced: segments.map(({ name }) => ({ segment: name, causes: name === 'ring' ? ['stopped'] : [] })),
  failure: null,
};
