// The first plan: every program is tried, and every segment is measured on veth, tap and tun by every mechanism.
import type { Plan } from '../plan.js';
import { faultsOf } from './faults.js';
import type { RoundsReport } from './report.js';
import { kernelTables } from './tables.js';

export const rounds: Plan<RoundsReport> = {
  name: 'rounds',
  heading: 'Hooks and segments',
  boots: [{ variant: 'all' }],
  // 20 to 50 s under TCG.
  limitSeconds: 200,
  isInNpmTest: true,
  faultsOf: (reports, kernel) => reports.flatMap((report) => faultsOf(report, kernel)),
  section: (kernels) => kernelTables(kernels),
};
