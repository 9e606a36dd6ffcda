// What is looked at, and what comes of it: a finding says what is wrong, shows it in figures, and names a setting.
import type { CpuSplit, PlacedDrop } from '../result/schema.js';

/** One segment or leg of a path, or on a host. */
export interface Wait {
  /** "netns/device segment", or a leg. */
  readonly where: string;
  readonly device: string;
  /** A segment's name, or a leg's. */
  readonly kind: string;
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
  readonly maxNs: number | null;
  readonly count: number;
}

/** Why single packets were slow, as `vifscope trace` finds it. */
export interface SlowCause {
  readonly where: string;
  readonly cause: string;
  readonly packets: number;
  /** The sentence of the slowest one. */
  readonly example: string;
}

/** Of one path of a benchmark, or of live traffic. */
export interface Evidence {
  /** null: live traffic. */
  readonly path: string | null;
  /** null: not known. */
  readonly sent: number | null;
  readonly drops: readonly PlacedDrop[];
  /** When they were seen, behind a name: "at the rate"; null: all the time. */
  readonly dropsWhen: string | null;
  readonly waits: readonly Wait[];
  /** null: not measured. */
  readonly endToEndP99Ns: number | null;
  readonly cpu: CpuSplit | null;
  readonly settings: Readonly<Record<string, string>>;
  readonly causes: readonly SlowCause[];
}

export const areas = ['loss', 'cpu', 'tail'] as const;

export interface Finding {
  readonly area: (typeof areas)[number];
  readonly path: string | null;
  /** Of its area's whole (packets sent, CPU time, p99), from 0 to 1: the greatest first. */
  readonly share: number;
  readonly what: string;
  readonly evidence: string;
  /** What to change; null where nothing is known to help. */
  readonly remedy: string | null;
}
