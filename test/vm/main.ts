// npm run test:kernels: boots every kernel of the table and shows which hooks and segments it measures.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cleanup } from '../../src/bench/cleanup.js';
import type { Scope } from '../../src/bench/scope.js';
import { runVm } from './boot.js';
import { findTestKernel } from './cachedKernel.js';
import { writeVmImage } from './image.js';
import { testKernels } from './kernels.js';

const scope: Scope = {
  cleanup: new Cleanup(),
  signal: new AbortController().signal,
  progress: console.error,
};
const folder = mkdtempSync(join(tmpdir(), 'vifscope-vm-'));
scope.cleanup.add('remove', () => rmSync(folder, { recursive: true, force: true }));
for (const { series, suite } of testKernels.filter(
  (k) => process.argv.length < 3 || process.argv.includes(k.series),
)) {
  const kernel = findTestKernel(suite);
  if (!kernel) continue;
  const initramfs = join(folder, 'initramfs');
  writeVmImage(initramfs, kernel.modules);
  console.error(series);
  console.log(JSON.stringify(await runVm({ kernel: kernel.image, initramfs }, scope), null, 1));
}
await scope.cleanup.run();
