// What the hosts plan reports: what doctor and snapshot, run as a user runs them, said and did in each condition, and
// what is measured with each hook left out.
import type { Check } from '../../../src/host/check.js';
import type { Hook } from '../../../src/kernel/hooks.js';
import type { Segment } from '../../../src/measure/segments.js';
import type { HookLine } from '../../../src/measure/snapshot.js';
import type { ConditionName, Variant } from './conditions.js';

export interface CommandOutcome {
  readonly exitCode: number | null;
  readonly stderr: string;
}

export interface ConditionReport {
  readonly condition: ConditionName;
  readonly doctor: CommandOutcome & { readonly checks: readonly Check[] };
  readonly snapshot: CommandOutcome & {
    /** Those with samples; packets pass all of them meanwhile. */
    readonly segments: readonly Segment[];
    readonly hooks: readonly HookLine[];
  };
}

/** Every packet that began has its sample, or some have, or none. */
export type Share = 'whole' | 'part' | 'none';

export interface LeftOutReport {
  readonly without: Hook;
  readonly segments: readonly Segment[];
  /** Of the backlog of a veth that merges packets (GRO); null where it was not tried. */
  readonly mergedBacklog: Share | null;
  /** Doctor's line about segments, from the same hooks. */
  readonly doctorLine: string;
}

export interface HostsReport {
  readonly variant: Variant;
  /** The line of /sys/kernel/security/lockdown once it is mounted, null where the kernel has none. */
  readonly lockdown: string | null;
  /** Nothing but the kernel's PMU serves kprobes then. */
  readonly isTracefsMounted: boolean;
  readonly conditions: readonly ConditionReport[];
  readonly leftOut: readonly LeftOutReport[];
}
