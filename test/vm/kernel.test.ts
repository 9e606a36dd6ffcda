// One kernel is part of npm test: the guest kernel that scripts/setup.sh keeps, with fentry and kprobes allowed.
import { execFileSync } from 'node:child_process';
import test from 'ava';
import { Cleanup } from '../../src/bench/cleanup.js';
import { reasonOf } from '../../src/errors.js';
import { findGuestTestKernel } from './cachedKernel.js';
import { faultsOf } from './faults.js';
import { type TestKernel, testKernels } from './kernels.js';
import { runKernel } from './runKernel.js';

const title = 'every program loads and every segment is measured on the distribution kernel of the guest';

function found() {
  execFileSync('qemu-system-x86_64', ['--version']);
  return findGuestTestKernel();
}

/** The table's row of this release, or its newest where a later Debian has brought a kernel of its own. */
const rowOf = (release: string): TestKernel | undefined =>
  testKernels.find(({ series }) => release.startsWith(`${series}.`)) ?? testKernels.at(-1);

try {
  const kernel = found();
  test.serial(title, async (t) => {
    t.timeout(180_000);
    const cleanup = new Cleanup();
    const scope = { cleanup, signal: new AbortController().signal, progress: (text: string) => t.log(text) };
    try {
      const report = await runKernel(kernel, scope);
      const row = rowOf(report.kernel);
      t.deepEqual(row && faultsOf(report, row), []);
    } finally {
      await cleanup.run();
    }
  });
} catch (error) {
  console.error(`skipped "${title}": ${reasonOf(error)}`);
  test.skip(title, () => {});
}
