// Rights: what an ordinary user must hold for each mechanism, and whether doctor says the same.
import type { Plan } from '../plan.js';
import { faultsOf } from './faults.js';
import type { RightsReport } from './report.js';
import { rightsTable } from './tables.js';

export const rights: Plan<RightsReport> = {
  name: 'rights',
  heading: 'Capabilities',
  boots: [{ variant: 'all' }],
  // 60 to 90 s under TCG: a Node a set.
  limitSeconds: 400,
  isInNpmTest: false,
  faultsOf: (reports, kernel) => reports.flatMap((report) => faultsOf(report, kernel)),
  section: (kernels) => rightsTable(kernels),
};
