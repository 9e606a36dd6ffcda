// One kernel is part of npm test: the guest kernel that scripts/setup.sh keeps, with fentry and kprobes allowed.
import { execFileSync } from 'node:child_process';
import test from 'ava';
import { Cleanup } from '../../src/bench/cleanup.js';
import { reasonOf } from '../../src/errors.js';
import { bootLimitSeconds } from './boot.js';
import { findGuestTestKernel } from './cachedKernel.js';
import { type TestKernel, testKernels } from './kernels.js';
import { plans } from './plans.js';
import { runPlan } from './runPlan.js';

const titleOf = (plan: string) => `${plan}: all is well on the distribution kernel of the guest`;

const tested = plans.filter(({ isInNpmTest }) => isInNpmTest);

function found() {
  execFileSync('qemu-system-x86_64', ['--version']);
  return findGuestTestKernel();
}

/** The table's row of this release, or its newest where a later Debian has brought a kernel of its own. */
const rowOf = (release: string): TestKernel => {
  const row = testKernels.find(({ series }) => release.startsWith(`${series}.`)) ?? testKernels.at(-1);
  if (!row) throw new Error('the table of kernels is empty');
  return row;
};

try {
  const kernel = found();
  for (const plan of tested)
    test.serial(titleOf(plan.name), async (t) => {
      t.timeout(plan.boots.length * (plan.limitSeconds + bootLimitSeconds.tcg) * 1_000);
      const cleanup = new Cleanup();
      const progress = (text: string) => t.log(text);
      try {
        const scope = { cleanup, signal: new AbortController().signal, progress };
        t.deepEqual((await runPlan(plan, kernel, rowOf, scope)).faults, []);
      } finally {
        await cleanup.run();
      }
    });
} catch (error) {
  for (const { name } of tested) test.skip(`${titleOf(name)} (skipped: ${reasonOf(error)})`, () => {});
}
