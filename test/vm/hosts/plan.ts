// Hosts: what lacks something ends with one clear message, or measures the rest and says what is lost.
import type { Plan } from '../plan.js';
import { faultsOf } from './faults.js';
import type { HostsReport } from './report.js';
import { hostTables } from './tables.js';

export const hosts: Plan<HostsReport> = {
  name: 'hosts',
  heading: 'Hosts that allow less',
  boots: [
    { variant: 'root' },
    { variant: 'users' },
    { variant: 'integrity', kernelArguments: ['lockdown=integrity'] },
    { variant: 'confidentiality', kernelArguments: ['lockdown=confidentiality'] },
    { variant: 'hooks' },
  ],
  // Of the longest boot, 30 to 80 s under TCG: to load and be refused takes seconds.
  limitSeconds: 400,
  isInNpmTest: false,
  faultsOf: (reports, kernel) => faultsOf(reports, kernel),
  section: (kernels) => hostTables(kernels),
};
