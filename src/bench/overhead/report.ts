// The contract of `vifscope overhead --json` (version 1). Rates are packets a second, times ns.
import type { CostFigures } from '../cost/figures.js';
import type { Compared } from './figures.js';
import type { LoadRate } from './load.js';

export interface OverheadReport {
  readonly version: 1;
  readonly startedAt: string;
  readonly load: LoadRate;
  readonly pairs: number;
  readonly figures: readonly Compared[];
  /** What each program takes by the kernel's own statistics; null where that could not be measured. */
  readonly programs: CostFigures | null;
  readonly remarks: readonly string[];
}
