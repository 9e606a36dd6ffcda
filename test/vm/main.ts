// npm run test:kernels: boots every kernel of the table, or those named as arguments ("6.1 7.2"), and shows which
// hooks and segments each of them measures. Tables on stdout, progress and faults on stderr; exit 1 on a fault.
import { Cleanup } from '../../src/bench/cleanup.js';
import type { Scope } from '../../src/bench/scope.js';
import { reasonOf } from '../../src/errors.js';
import { catchInterrupts } from '../../src/terminal/interrupt.js';
import { findTestKernel } from './cachedKernel.js';
import { faultsOf } from './faults.js';
import { type TestKernel, testKernels } from './kernels.js';
import type { VmReport } from './protocol.js';
import { runKernel } from './runKernel.js';
import { kernelTables } from './table.js';

const say = (text: string) => process.stderr.write(`${text}\n`);
const asked = process.argv.slice(2);
const unknown = asked.filter((series) => !testKernels.some((kernel) => kernel.series === series));
const chosen = testKernels.filter(({ series }) => asked.length === 0 || asked.includes(series));

const interruption = catchInterrupts();
const scope: Scope = { cleanup: new Cleanup(), signal: interruption.signal, progress: say };
const reports: VmReport[] = [];
const faults = unknown.map((series) => `${series}: no such kernel in the table`);

async function tryKernel(kernel: TestKernel): Promise<string[]> {
  const cached = findTestKernel(kernel.suite);
  if (cached === null) return [`not in the cache; run scripts/fetch-kernel.sh ${kernel.suite}`];
  say(`${kernel.series}: booting`);
  try {
    const report = await runKernel(cached, scope);
    reports.push(report);
    return faultsOf(report, kernel);
  } catch (error) {
    return [reasonOf(error)];
  }
}

try {
  for (const kernel of chosen) {
    if (interruption.signal.aborted) break;
    for (const fault of await tryKernel(kernel)) faults.push(`${kernel.series}: ${fault}`);
  }
} finally {
  await scope.cleanup.run();
  interruption.release();
}
process.stdout.write(kernelTables(reports));
for (const fault of faults) say(`FAULT ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
