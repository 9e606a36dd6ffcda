// Finds the lines of a snapshot that a test speaks of, and asserts what must hold for all of them.
import type { ExecutionContext } from 'ava';
import { type Accounts, imbalance } from '../../../src/measure/accounting.js';
import type { Segment } from '../../../src/measure/segments.js';
import type { AccountingLine, SegmentLine, Snapshot } from '../../../src/measure/snapshot.js';

/** A measured segment with a sample; its quantiles are then no null. */
export interface Waits {
  readonly count: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}

const named = (device: string, segment: Segment) => (line: { device: string; segment: Segment }) =>
  line.device === device && line.segment === segment;

export function waitsOf({ segments }: Snapshot, device: string, segment: Segment): Waits {
  const line = segments.find(named(device, segment));
  if (!line) throw new Error(`no sample of ${device} ${segment}`);
  const { count, p50Ns, p99Ns, maxNs } = line;
  return { count, p50Ns: p50Ns ?? Number.NaN, p99Ns: p99Ns ?? Number.NaN, maxNs: maxNs ?? Number.NaN };
}

export function accountsOf({ accounting }: Snapshot, device: string, segment: Segment): AccountingLine {
  const line = accounting.find(named(device, segment));
  if (!line) throw new Error(`no accounting of ${device} ${segment}`);
  return line;
}

/** Every segment but one. */
export const segmentsBut = ({ segments }: Snapshot, device: string, segment: Segment): SegmentLine[] =>
  segments.filter((line) => !named(device, segment)(line));

/** Drops on these devices: of one reason, or of any. */
export function dropsOn({ drops }: Snapshot, devices: readonly string[], reason?: string): number {
  return drops
    .filter((drop) => devices.includes(drop.device) && (reason === undefined || drop.reason === reason))
    .reduce((sum, { count }) => sum + count, 0);
}

/** The accounting equation, line by line: in a sum, opposite errors would cancel out. */
export function assertBalanced(t: ExecutionContext, { accounting }: Snapshot): void {
  t.true(accounting.length > 0);
  for (const line of accounting) t.is(imbalance(line), 0, JSON.stringify(line));
}

/** All traffic has stopped and every start has met its own end: nothing is left to chance or to time. */
export function assertOrdinary(t: ExecutionContext, line: Accounts): void {
  const { started, matched, dropped, expired, evicted, inFlight, unmatched } = line;
  t.deepEqual(
    { expired, evicted, inFlight, unmatched, started },
    { expired: 0, evicted: 0, inFlight: 0, unmatched: 0, started: matched + dropped },
    JSON.stringify(line),
  );
}

/** "veth1 backlog: 20,000 packets, p50 403 ns, p99 4990 ns, max 94900 ns" */
export function describeWaits(snapshot: Snapshot): string {
  return snapshot.segments
    .map(
      (s) =>
        `${s.device} ${s.segment}: ${s.count} packets, p50 ${s.p50Ns}, p99 ${s.p99Ns}, max ${s.maxNs} ns`,
    )
    .join('\n');
}
