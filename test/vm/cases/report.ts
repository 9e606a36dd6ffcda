// What each case of traffic reports: what it has carried, and what was measured and counted of it.
import type { AccountingLine, DropLine, SegmentLine } from '../../../src/measure/snapshot.js';
import type { CaseName } from './table.js';

/** Counted by the case itself. */
export interface Carried {
  readonly sent: number;
  readonly received: number;
  /** From before a burst was sent until all of it had arrived, the longest of all bursts: no packet waited longer. */
  readonly longestNs: number;
  /**
   * Where the kernel was asked for its own stamps: the median time from the one where the queueing discipline gets a
   * packet to the one where the driver does; else null.
   */
  readonly stampedNs: number | null;
  /** Where it was asked for: what the receiving stack has counted, merged packets as one; else null. */
  readonly deliveries: number | null;
}

export interface CaseReport {
  readonly name: CaseName;
  readonly carried: Carried;
  readonly segments: readonly Pick<SegmentLine, 'device' | 'segment' | 'count' | 'p50Ns' | 'maxNs'>[];
  readonly accounting: readonly AccountingLine[];
  readonly drops: readonly DropLine[];
}

export interface CasesReport {
  /** One a run: some are carried out several times. */
  readonly cases: readonly CaseReport[];
  /** Why a case could not be carried out, by its name. */
  readonly failures: readonly (readonly [CaseName, string])[];
}
