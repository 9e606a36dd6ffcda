// A slow packet as it is told: names in place of numbers, times from its first step on, causes with each wait.
import * as abi from '../abi/layout.js';
import type { Segment } from '../measure/segments.js';
import { type Cause, causesOf } from './causes.js';
import { type Flow, hasContent, type Outlier, startNsOf, type TaskTimes, timesDuring } from './outlier.js';
import type { SlowPacket } from './slowPackets.js';

export interface DeviceName {
  readonly device: string;
  readonly netns: string;
}

/** What happens to a packet at a step, in words that go with the device's name. */
export type Happening =
  | 'queued on'
  | 'sent on'
  | 'read from'
  | 'written to'
  | 'taken in on'
  | 'received on'
  | 'sent towards'
  | 'left the driver of';

export interface ReportedStep extends DeviceName {
  readonly sinceStartNs: number;
  readonly happening: Happening;
  /** The slow wait that ends here. */
  readonly ends: Segment | null;
}

export interface ReportedWait extends DeviceName {
  readonly segment: Segment;
  readonly waitNs: number;
  readonly startCpu: number | null;
  readonly endCpu: number;
  readonly aheadPackets: number | null;
  readonly queueLength: number;
  readonly endedInKsoftirqd: boolean;
  /** In whose context the wait ended; null: what it did during the wait is not known. */
  readonly task: { readonly id: number; readonly name: string; readonly during: TaskTimes | null };
  readonly causes: readonly Cause[];
}

export interface ReportedPacket {
  /** Of its first step. */
  readonly time: string;
  /** Its fingerprint, 16 digits; null: it has none. */
  readonly content: string | null;
  readonly lengthBytes: number | null;
  readonly flow: Flow | null;
  readonly waits: readonly ReportedWait[];
  /** false: only the slow waits' own ends are known. */
  readonly isFollowed: boolean;
  readonly steps: readonly ReportedStep[];
}

export interface Naming {
  /** The device of this first shard. */
  nameOf(device: number): DeviceName;
  /** Wall clock in ms of a time of CLOCK_MONOTONIC. */
  wallMs(timeNs: number): number;
}

/** By enum vs_point. */
const happeningAt: Readonly<Record<number, Happening>> = {
  [abi.point.sent]: 'sent on',
  [abi.point.toUser]: 'read from',
  [abi.point.fromUser]: 'written to',
  [abi.point.received]: 'received on',
};

/** What a wait's own ends are where no event tells of them. */
const endsOf: Readonly<Record<Segment, readonly [start: Happening, end: Happening]>> = {
  qdisc: ['queued on', 'sent on'],
  driver: ['sent on', 'left the driver of'],
  backlog: ['sent towards', 'received on'],
  ring: ['sent on', 'read from'],
  inject: ['written to', 'taken in on'],
};

export function reportOf({ waits, way }: SlowPacket, naming: Naming): ReportedPacket {
  const steps = stepsOf({ waits, way });
  const firstNs = steps[0]?.timeNs ?? 0;
  const known = waits.find(({ flow }) => flow) ?? waits[0];
  const named = waits.find(hasContent);
  return {
    time: new Date(naming.wallMs(firstNs)).toISOString(),
    content: named ? contentText(named) : null,
    lengthBytes: known?.lengthBytes ?? null,
    flow: known?.flow ?? null,
    waits: waits.map((wait) => ({
      ...naming.nameOf(wait.device),
      segment: wait.segment,
      waitNs: wait.waitNs,
      startCpu: startCpuOf(wait),
      endCpu: wait.endCpu,
      aheadPackets: wait.start?.aheadPackets ?? null,
      queueLength: wait.queueLength,
      endedInKsoftirqd: wait.ksoftirqd?.isEnd ?? false,
      task: { id: wait.task.id, name: wait.task.name, during: timesDuring(wait) },
      causes: causesOf(wait),
    })),
    isFollowed: way !== null,
    steps: steps.map(({ timeNs, device, happening, ends }) => ({
      sinceStartNs: timeNs - firstNs,
      ...naming.nameOf(device),
      happening,
      ends,
    })),
  };
}

/** A driver has the packet on one CPU from beginning to end. */
const startCpuOf = ({ segment, start, endCpu }: Outlier): number | null =>
  segment === 'driver' ? endCpu : (start?.cpu ?? null);

interface NumberedStep {
  readonly timeNs: number;
  readonly device: number;
  readonly happening: Happening;
  ends: Segment | null;
}

/** Events and the ends of slow waits are stamped by one reading of the clock: the same time is the same step. */
function stepsOf({ waits, way }: SlowPacket): NumberedStep[] {
  const steps: NumberedStep[] = (way ?? []).map(({ timeNs, device, point }) => ({
    timeNs,
    device,
    happening: happeningAt[point] ?? 'received on',
    ends: null,
  }));
  const stepAt = (timeNs: number, device: number, happening: Happening) => {
    const known = steps.find((step) => step.timeNs === timeNs);
    if (known) return known;
    const made: NumberedStep = { timeNs, device, happening, ends: null };
    steps.push(made);
    return made;
  };
  for (const wait of waits) {
    const [start, end] = endsOf[wait.segment];
    stepAt(startNsOf(wait), wait.device, start);
    stepAt(wait.endNs, wait.device, end).ends = wait.segment;
  }
  return steps.toSorted((a, b) => a.timeNs - b.timeNs);
}

const contentText = ({ contentHigh, contentLow }: Outlier): string =>
  [contentHigh, contentLow].map((half) => half.toString(16).padStart(8, '0')).join('');
