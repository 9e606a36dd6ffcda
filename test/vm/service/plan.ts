// The service as its units start it: what it is left with, and what it counts without any right.
import { segments } from '../../../src/measure/segments.js';
import { tableOf } from '../markdown.js';
import type { KernelReports, Plan } from '../plan.js';
import { faultsOf, grantText } from './faults.js';
import { grants, type ServicesReport } from './report.js';

export const service: Plan<ServicesReport> = {
  name: 'service',
  heading: 'Service',
  boots: [{ variant: 'all' }],
  // 50 to 90 s under TCG: Node twice a service.
  limitSeconds: 500,
  isInNpmTest: false,
  faultsOf: (reports, kernel) => reports.flatMap((report) => faultsOf(report, kernel)),
  section,
};

function section(kernels: readonly KernelReports<ServicesReport>[]): string {
  const rows = grants.map((granted) => [
    grantText(granted),
    ...kernels.map(({ reports }) => reports.map((report) => cellOf(report, grantText(granted))).join('; ')),
  ]);
  return [
    '`vifscope daemon` as an ordinary user with these capabilities, `kernel.perf_event_paranoid` being 3: it attaches, and goes on as a process of which no thread has a capability. How many packets /metrics then counted, of those sent over veth, tap and tun, in each segment that they pass; by which mechanism `inject`. A device that is deleted leaves the metrics, and SIGTERM ends it with 0.',
    '',
    ...tableOf(['started with', ...kernels.map(({ kernel }) => kernel)], rows),
  ].join('\n');
}

function cellOf({ services }: ServicesReport, title: string): string {
  const found = services.find(({ granted }) => grantText(granted) === title);
  if (!found) return 'not started';
  const sent = found.paths.reduce((sum, path) => sum + path.sent, 0);
  const counted = segments.flatMap(({ name }) => {
    const count = found.samples
      .filter(({ segment }) => segment === name)
      .reduce((sum, line) => sum + line.count, 0);
    const by = name === 'inject' ? ` by ${found.injectMechanism}` : '';
    return count > 0 ? [`${name} ${count}${by}`] : [];
  });
  return `${found.threads.length} threads; of ${sent}: ${counted.join(', ')}`;
}
