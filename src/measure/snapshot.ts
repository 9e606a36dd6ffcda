// The snapshot: the contract of `snapshot --json` (version 1), and what every output is rendered from.
import type { DeviceKind, Segment } from './segments.js';

/** Times are whole nanoseconds, or null where there is no sample. */
export interface Figures {
  readonly count: number;
  readonly minNs: number | null;
  readonly meanNs: number | null;
  readonly p50Ns: number | null;
  readonly p90Ns: number | null;
  readonly p99Ns: number | null;
  readonly p999Ns: number | null;
  readonly p9999Ns: number | null;
  readonly maxNs: number | null;
  /** HdrHistogram V2, compressed, base64. */
  readonly histogram: string;
}

/** What names a device: its name alone is unique in one network namespace only. */
export interface DeviceLabels {
  readonly device: string;
  /** The namespace's name as `ip netns` knows it, "host" for our own, else "net:[inode]". */
  readonly netns: string;
}

export interface SegmentLine extends DeviceLabels, Figures {
  readonly netnsInum: number;
  readonly ifindex: number;
  readonly kind: DeviceKind;
  /** The other end of a veth pair as "netns/name", else null. */
  readonly peer: string | null;
  readonly segment: Segment;
}

export const legs = ['forwarder', 'guest', 'end_to_end'] as const;

export interface LegLine extends Figures {
  readonly from: string;
  readonly to: string;
  readonly leg: (typeof legs)[number];
}

/** begun = whole + partial + ambiguous + evicted + under way. */
export interface JourneyCounts {
  readonly begun: number;
  /** Over, with two hooks or more. */
  readonly whole: number;
  /** Over, seen at one hook only, or without its beginning. */
  readonly partial: number;
  /** The same content was under way twice, so no leg is claimed. */
  readonly ambiguous: number;
  /** Of the ambiguous ones: those that passed more hooks than are remembered. */
  readonly overlong: number;
  /** Had to make room for others. */
  readonly evicted: number;
}

/** What the legs are drawn from. */
export interface JourneySummary extends JourneyCounts {
  /** One packet in so many was followed at the end; more than asked for under overload. */
  readonly every: number;
  /** The least and the most of it in the interval. */
  readonly everyLeast: number;
  readonly everyMost: number;
  /** Events for which there was no room. */
  readonly lostEvents: number;
  /** Packets of kinds that are not recognised by their content, such as ARP. */
  readonly unrecognisable: number;
  /** Packets that a process has read from a device and not itself written again as they were: no leg is claimed for them. */
  readonly unreturned: readonly (DeviceLabels & { readonly packets: number })[];
}

/** All that is counted of journeys so far, but for what is kept by device or interval. */
export type JourneyTotals = Omit<JourneySummary, 'unreturned' | 'everyLeast' | 'everyMost'>;

export interface DropLine extends DeviceLabels {
  /** The kernel's own name, without SKB_DROP_REASON_. */
  readonly reason: string;
  readonly count: number;
}

/** started = matched + dropped + expired + evicted + inFlight; unmatched are ends that found no start. */
export interface AccountingLine extends DeviceLabels {
  readonly segment: Segment;
  readonly started: number;
  readonly matched: number;
  readonly dropped: number;
  readonly expired: number;
  readonly evicted: number;
  readonly inFlight: number;
  readonly unmatched: number;
}

export interface HookLine {
  readonly hook: string;
  readonly mechanism: 'tp_btf' | 'fentry' | 'kprobe' | null;
  readonly state: 'attached' | 'missing';
  /** Why it is missing and what to do about it; null when attached. */
  readonly reason: string | null;
}

export interface HostFacts {
  readonly hostname: string;
  readonly kernel: string;
  readonly architecture: string;
  readonly cpus: number;
  readonly libbpf: string;
  readonly vifscope: string;
}

/** Packets and devices that were seen but not measured; all zero on a quiet, well-sized run. */
export interface TurnedAway {
  /** Hooks that ran for a device not yet known; a packet passes several. */
  readonly unlearnedHookRuns: number;
  /** Devices for which the device table or the histogram pool had no room. */
  readonly devices: number;
}

export interface Snapshot {
  readonly version: 1;
  readonly startedAt: string;
  readonly durationSeconds: number;
  readonly host: HostFacts;
  /** How wide the kernel's buckets are: so far a percentile of a segment may lie above the true one. */
  readonly bucketWidthPercent: number;
  readonly hooks: readonly HookLine[];
  readonly segments: readonly SegmentLine[];
  readonly legs: readonly LegLine[];
  /** null: no packet was followed. */
  readonly journeys: JourneySummary | null;
  readonly drops: readonly DropLine[];
  readonly accounting: readonly AccountingLine[];
  readonly turnedAway: TurnedAway;
}
