// npm run test:kernels: carries out every plan on every kernel of the table, or on those named as arguments
// ("6.1 7.2 rounds"), and shows what each kernel measures. Tables on stdout, progress and faults on stderr; exit 1 on
// a fault, 2 for a name that is none. With --write, a run on all kernels becomes docs/kernels.md, or the sections of
// its plans there.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Cleanup } from '../../src/bench/cleanup.js';
import type { Scope } from '../../src/bench/scope.js';
import { reasonOf } from '../../src/errors.js';
import { catchInterrupts } from '../../src/terminal/interrupt.js';
import { findTestKernel } from './cachedKernel.js';
import { documentOf, isOf, objectsText, sectionOf, updatedDocument } from './document.js';
import { type TestKernel, testKernels } from './kernels.js';
import type { Plan } from './plan.js';
import { plans } from './plans.js';
import { type PlanRun, runPlan } from './runPlan.js';

const say = (text: string) => process.stderr.write(`${text}\n`);
const documentPath = 'docs/kernels.md';
const objects = objectsText('bpf');

const words = process.argv.slice(2).filter((word) => word !== '--write');
const isToBeWritten = process.argv.includes('--write');
const allSeries = testKernels.map(({ series }) => series);
const allPlans = plans.map(({ name }) => name);
const unknown = words.find((word) => ![...allSeries, ...allPlans].includes(word));
if (unknown !== undefined) {
  say(`${unknown}: no such kernel or plan; there are ${[...allSeries, ...allPlans].join(', ')}`);
  process.exit(2);
}
const faults: string[] = [];
const chosenBy = (names: readonly string[]) =>
  names.some((name) => words.includes(name)) ? names.filter((name) => words.includes(name)) : names;
const chosenKernels = testKernels.filter(({ series }) => chosenBy(allSeries).includes(series));
const chosenPlans = plans.filter(({ name }) => chosenBy(allPlans).includes(name));

const interruption = catchInterrupts();
const scope: Scope = { cleanup: new Cleanup(), signal: interruption.signal, progress: say };

async function tryPlan(plan: Plan<unknown>, kernel: TestKernel): Promise<PlanRun<unknown> | null> {
  if (interruption.signal.aborted) return null;
  const cached = findTestKernel(kernel.suite);
  try {
    if (cached === null) throw new Error(`not in the cache; run scripts/fetch-kernel.sh ${kernel.suite}`);
    const startedMs = performance.now();
    const run = await runPlan(plan, cached, () => kernel, scope);
    faults.push(...run.faults.map((fault) => `${kernel.series}: ${fault}`));
    const tookSeconds = Math.round((performance.now() - startedMs) / 1_000);
    say(`${plan.name} on ${kernel.series}: ${tookSeconds} s, ${run.faults.length} faults`);
    for (const fault of run.faults) say(`  ${fault}`);
    return run;
  } catch (error) {
    say(`${plan.name} on ${kernel.series}: ${reasonOf(error)}`);
    faults.push(`${kernel.series}: ${plan.name}: ${reasonOf(error)}`);
    return null;
  }
}

const sections: string[] = [];
try {
  for (const plan of chosenPlans) {
    const runs: PlanRun<unknown>[] = [];
    const isTried = ({ series }: TestKernel) => plan.series?.includes(series) ?? true;
    for (const kernel of chosenKernels.filter(isTried)) {
      const run = await tryPlan(plan, kernel);
      if (run) runs.push(run);
    }
    const told = runs.filter(({ reports }) => reports.length > 0);
    if (told.length > 0) sections.push(sectionOf(plan.heading, plan.section(told)));
  }
} finally {
  await scope.cleanup.run();
  interruption.release();
}
process.stdout.write(documentOf(sections, objects));
for (const fault of faults) say(`FAULT ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
if (isToBeWritten) {
  const before = existsSync(documentPath) ? readFileSync(documentPath, 'utf8') : '';
  const headings = plans.map(({ heading }) => heading);
  const refusal = refusalToWrite(before);
  if (refusal === null) writeFileSync(documentPath, updatedDocument(before, sections, { headings, objects }));
  else say(`${documentPath} is left as it is: ${refusal}`);
}

/** What the page says holds for all kernels, and for the objects that it names. */
function refusalToWrite(before: string): string | null {
  if (faults.length > 0 || chosenKernels.length < testKernels.length)
    return 'it is written by a run on every kernel, without a fault';
  if (chosenPlans.length < plans.length && !isOf(before, objects))
    return 'it is of other objects than these; write it by a run of all plans';
  return null;
}
