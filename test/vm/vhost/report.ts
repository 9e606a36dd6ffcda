// What the plan reports: for each mechanism and stage what the driver counted and timed, and what was measured.
import type { AccountingLine, HookLine, SegmentLine } from '../../../src/measure/snapshot.js';

/** In this order, each measured from zero. */
export const stageNames = ['single', 'batch', 'mixed', 'receive', 'stopped guest', 'late writes'] as const;
export type StageName = (typeof stageNames)[number];
export const mechanisms = ['best mechanism', 'without fentry'] as const;
export type MechanismName = (typeof mechanisms)[number];

export interface Burst {
  readonly packets: number;
  /** Of these, how many came out at the other end, in their order and whole. */
  readonly arrived: number;
  /** From before the first was sent until after the last was given back: no packet has waited longer. */
  readonly durationNs: number;
}

export interface Stage {
  readonly name: StageName;
  /** While packets were stamped. */
  readonly bursts: readonly Burst[];
  /** After that, while ends may still match. */
  readonly lateBursts: readonly Burst[];
  /** Runs of the programs on vhost's two ways into tun. */
  readonly runs: { readonly tun_get_user: number; readonly tun_sendmsg: number };
  /** Of the stage with a stopped guest: how long sending took, and how long no buffer was on offer after it. */
  readonly held: { readonly sendingNs: number; readonly heldNs: number } | null;
  /** Of the tap alone. */
  readonly segments: readonly SegmentLine[];
  readonly accounting: readonly AccountingLine[];
}

export interface MechanismReport {
  readonly name: MechanismName;
  readonly hooks: readonly HookLine[];
  readonly stages: readonly Stage[];
}

export interface VhostReport {
  readonly mechanisms: readonly MechanismReport[];
  /** Why the programs can't be attached, in the words of the kernel; null when they can. */
  readonly refusal: string | null;
  /** Packets that vhost carried before anything was attached: that the path works without us. */
  readonly unmeasured: readonly Burst[];
}
