// What the rounds report: which programs the kernel takes, and what each round has measured and counted.
import type { Claiming } from '../../../src/kernel/bpfObjects.js';
import type { Segment } from '../../../src/measure/segments.js';
import type { AccountingLine, DropLine, HookLine, SegmentLine } from '../../../src/measure/snapshot.js';
import type { CauseName } from '../../../src/trace/causes.js';
import type { PathCount } from '../passage.js';

/** Which mechanisms a round may use, and what happens in it. */
export const roundNames = ['best mechanism', 'without fentry', 'stopped reader'] as const;
export type RoundName = (typeof roundNames)[number];

export interface Round {
  readonly name: RoundName;
  readonly durationSeconds: number;
  readonly hooks: readonly HookLine[];
  readonly paths: readonly PathCount[];
  readonly segments: readonly Omit<SegmentLine, 'histogram'>[];
  readonly accounting: readonly AccountingLine[];
  readonly drops: readonly DropLine[];
}

export interface ProgramTrial {
  readonly program: string;
  /** Why it can't be loaded or attached, with the tail of the verifier's log; null when it can. */
  readonly refusal: string | null;
}

/** One that a trace told of. */
export interface TracedWait {
  readonly segment: Segment;
  readonly causes: readonly CauseName[];
}

export interface RoundsReport {
  /** How programs claim a packet's stamp on this kernel, as vifscope found. */
  readonly claiming: Claiming;
  readonly programs: readonly ProgramTrial[];
  readonly rounds: readonly Round[];
  /** Of a tun whose reader was stopped. */
  readonly traced: readonly TracedWait[];
  /** Why the rounds ended early; null when all were run. */
  readonly failure: string | null;
}
