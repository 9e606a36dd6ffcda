// The schedule of a load, before anything is sent: what leaves when, how large, and in which flow. Pure.
import { VifscopeError } from '../../errors.js';
import { frameLimits, maxSequence, payloadBytesOf } from '../packet.js';
import type { Load } from '../result/schema.js';

export type Sizes = Load['sizes'];

export const mostFlows = 10_000;

export const oneSize = (frameBytes: number): Sizes => [{ frameBytes, weight: 1 }];

/** The usual mix of small, middle and large frames, 7 to 4 to 1: with their check sequence 68, 594 and 1,518 bytes. */
export const imix: Sizes = [
  { frameBytes: 64, weight: 7 },
  { frameBytes: 590, weight: 4 },
  { frameBytes: 1514, weight: 1 },
];

/** What a generator is told; JSON. */
export interface SendPlan {
  readonly packets: number;
  readonly intervalNs: number;
  /** So many leave together, at the time of the first. */
  readonly burst: number;
  /** Bytes behind the UDP header, turn by turn, from the start again at its end. */
  readonly payloadBytes: readonly number[];
  /** Turns go round. */
  readonly flows: number;
}

/** @throws VifscopeError USAGE where no such load can be sent */
export function sendPlanOf(load: Load): SendPlan {
  validate(load);
  const { packetsPerSecond, durationSeconds, sizes, flows, burst } = load;
  return {
    packets: Math.round(packetsPerSecond * durationSeconds),
    intervalNs: 1e9 / packetsPerSecond,
    burst,
    payloadBytes: mixed(sizes).map(payloadBytesOf),
    flows,
  };
}

/** When a turn is due, in ns after the start. */
export const dueNsOf = ({ intervalNs, burst }: SendPlan, turn: number): number =>
  (turn - (turn % burst)) * intervalNs;

/** The turns that are due by then: 0 to below this. */
export function turnsDue({ intervalNs, burst, packets }: SendPlan, sinceStartNs: number): number {
  if (sinceStartNs < 0) return 0;
  return Math.min(packets, (Math.floor(sinceStartNs / (intervalNs * burst)) + 1) * burst);
}

/** Each size as often as it weighs, as evenly as it goes: always the one that is furthest behind its share. */
function mixed(sizes: Sizes): number[] {
  const total = sizes.reduce((sum, { weight }) => sum + weight, 0);
  const credits = sizes.map(() => 0);
  return Array.from({ length: total }, () => {
    sizes.forEach(({ weight }, at) => {
      credits[at] = (credits[at] ?? 0) + weight;
    });
    const next = credits.indexOf(Math.max(...credits));
    credits[next] = (credits[next] ?? 0) - total;
    return sizes[next]?.frameBytes ?? 0;
  });
}

const isCount = (value: number, most: number): boolean =>
  Number.isInteger(value) && value >= 1 && value <= most;

function validate({ packetsPerSecond, durationSeconds, sizes, flows, burst }: Load): void {
  const { minBytes, maxBytes } = frameLimits;
  const isSize = (bytes: number) => Number.isInteger(bytes) && bytes >= minBytes && bytes <= maxBytes;
  const faults = [
    packetsPerSecond > 0 && Number.isFinite(packetsPerSecond) ? null : 'the rate must be above 0',
    durationSeconds > 0 && Number.isFinite(durationSeconds) ? null : 'the duration must be above 0',
    packetsPerSecond * durationSeconds <= maxSequence ? null : 'more packets than sequence numbers',
    sizes.length > 0 && sizes.every(({ frameBytes }) => isSize(frameBytes))
      ? null
      : `frames have ${minBytes} to ${maxBytes} bytes`,
    sizes.every(({ weight }) => isCount(weight, 1_000)) ? null : 'weights are whole numbers from 1 to 1,000',
    isCount(flows, mostFlows) ? null : `there are 1 to ${mostFlows} flows`,
    isCount(burst, maxSequence) ? null : 'a burst has one packet or more',
  ].filter((fault) => fault !== null);
  if (faults.length === 0) return;
  const frames = sizes.map(({ frameBytes }) => frameBytes).join(' and ');
  throw new VifscopeError({
    code: 'USAGE',
    operation: 'offer a load of',
    object: `${packetsPerSecond} packets a second for ${durationSeconds} s, ${frames}-byte frames`,
    reason: faults.join(', '),
    remedy: 'choose other figures',
  });
}
