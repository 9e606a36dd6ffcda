// A report in which all is well, and ways to change one thing in it: for the judge's tests.
import { hookNames } from '../../../src/kernel/hooks.js';
import { bucketIndexOf } from '../../../src/measure/hdr.js';
import { emptyLatencyCounts, figuresOf } from '../../../src/measure/histogram.js';
import type { Segment } from '../../../src/measure/segments.js';
import type { AccountingLine, HookLine, SegmentLine } from '../../../src/measure/snapshot.js';
import {
  type Burst,
  type MechanismName,
  type MechanismReport,
  mechanisms,
  type Stage,
  type StageName,
  stageNames,
  type VhostReport,
} from './report.js';

const labels = { device: 'tap0', netns: 'n' };
const held = { sendingNs: 500, heldNs: 9_000 };
export const burst: Burst = { packets: 20, arrived: 20, durationNs: 10_000 };

/** Samples in equal steps from the one to the other. */
export function line(segment: Segment, minNs: number, maxNs: number, count = burst.packets): SegmentLine {
  const latency = emptyLatencyCounts();
  for (let nth = 0; nth < count; nth++) {
    const sampleNs = Math.round(minNs + ((maxNs - minNs) * nth) / (count - 1));
    const index = bucketIndexOf(sampleNs);
    latency.counts[index] = (latency.counts[index] ?? 0) + 1;
    latency.sumNs += sampleNs;
  }
  const figures = figuresOf({ ...latency, minNs, maxNs, total: count });
  return { ...labels, netnsInum: 1, ifindex: 2, kind: 'tun', peer: null, segment, ...figures };
}

export const toHost = [line('inject', 100, 2_000), line('backlog', 1, 3)];
export const toGuest = [line('qdisc', 1, 3), line('driver', 1, 3), line('ring', 9_000, 9_900)];

export function account(segment: Segment, change: Partial<AccountingLine> = {}): AccountingLine {
  const outcomes = { matched: 20, dropped: 0, expired: 0, evicted: 0, inFlight: 0, unmatched: 0 };
  return { ...labels, segment, started: 20, ...outcomes, ...change };
}

const kindOf: Record<StageName, Pick<Stage, 'runs' | 'held' | 'segments'>> = {
  single: { runs: { tun_get_user: 20, tun_sendmsg: 20 }, held: null, segments: toHost },
  batch: { runs: { tun_get_user: 0, tun_sendmsg: 2 }, held: null, segments: toHost },
  mixed: { runs: { tun_get_user: 1, tun_sendmsg: 3 }, held: null, segments: toHost },
  receive: { runs: { tun_get_user: 0, tun_sendmsg: 0 }, held: null, segments: toGuest },
  'stopped guest': { runs: { tun_get_user: 0, tun_sendmsg: 0 }, held, segments: toGuest },
  'late writes': { runs: { tun_get_user: 1, tun_sendmsg: 3 }, held: null, segments: toHost },
};

const goodStage = (name: StageName): Stage => ({
  name,
  bursts: [burst],
  lateBursts: [],
  accounting: [account('driver')],
  ...kindOf[name],
});

const hookLine = (hook: string, name: MechanismName): HookLine => ({
  hook,
  mechanism: !hook.startsWith('tun_') ? 'tp_btf' : name === 'without fentry' ? 'kprobe' : 'fentry',
  state: 'attached',
  reason: null,
});

export const goodMechanism = (name: MechanismName): MechanismReport => ({
  name,
  hooks: hookNames.map((hook) => hookLine(hook, name)),
  stages: stageNames.map(goodStage),
});

export const good: VhostReport = {
  mechanisms: mechanisms.map(goodMechanism),
  refusal: null,
  unmeasured: [burst],
};

/** The good report with a change in what the best mechanism measured. */
export const withMechanism = (change: Partial<MechanismReport>): VhostReport => ({
  ...good,
  mechanisms: good.mechanisms.map((one, at) => (at === 0 ? { ...one, ...change } : one)),
});

export const withStage = (name: StageName, change: Partial<Stage>): VhostReport =>
  withMechanism({
    stages: stageNames.map(goodStage).map((stage) => (stage.name === name ? { ...stage, ...change } : stage)),
  });
