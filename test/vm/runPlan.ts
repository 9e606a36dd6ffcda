// One kernel and one plan to its reports: makes the initramfs and boots it once a variant.
import { closeSync } from 'node:fs';
import type { GuestKernel } from '../../src/bench/guest/cache.js';
import type { Scope } from '../../src/bench/scope.js';
import { findLibrary } from '../libbpf/cachedLibrary.js';
import { runVm, VmEnded } from './boot.js';
import { openVmImage } from './image.js';
import type { TestKernel } from './kernels.js';
import type { Boot, KernelReports, Plan, VmReport } from './plan.js';
import { commandLineOf } from './protocol.js';

const mostCrashes = 3;

export interface PlanRun<Report> extends KernelReports<Report> {
  readonly faults: readonly string[];
}

/** @param rowOf what the kernel of this release must be able to do */
export async function runPlan<Report>(
  plan: Plan<Report>,
  { image, modules }: GuestKernel,
  rowOf: (release: string) => TestKernel,
  scope: Scope,
): Promise<PlanRun<Report>> {
  const initramfs = openVmImage(
    modules,
    plan.librariesOf === undefined ? null : librariesOf(plan.librariesOf),
  );
  const reports: Report[] = [];
  const faults: string[] = [];
  let kernel = 'unknown';
  try {
    for (const boot of plan.boots) {
      scope.progress(`${plan.name} ${boot.variant}: booting`);
      const told = await runBoot(plan, boot, { kernel: image, initramfs }, scope);
      ({ kernel } = told);
      if (told.report !== null) reports.push(told.report);
      if (told.failure !== null) faults.push(`${boot.variant}: ${told.failure}`);
    }
    if (faults.length === 0) faults.push(...plan.faultsOf(reports, rowOf(kernel)));
    return { kernel, reports, faults: faults.map((fault) => `${plan.name}: ${fault}`) };
  } finally {
    closeSync(initramfs);
  }
}

function librariesOf(suite: string): string {
  const library = findLibrary(suite);
  if (library === null)
    throw new Error(`libbpf of ${suite} is not in the cache; run scripts/fetch-libbpf.sh ${suite}`);
  return library.folder;
}

async function runBoot<Report>(
  { name, limitSeconds }: Plan<Report>,
  { variant, kernelArguments = [] }: Boot,
  image: { readonly kernel: string; readonly initramfs: number },
  scope: Scope,
): Promise<VmReport<Report>> {
  const words = [...commandLineOf(name, variant), ...kernelArguments];
  const run = async () =>
    JSON.parse(await runVm({ ...image, words, limitSeconds }, scope)) as VmReport<Report>;
  for (let crashes = 0; ; crashes++) {
    try {
      return await run();
    } catch (error) {
      // QEMU 7.2 emulates cmpxchg16b, which slab allocation is made of, wrongly once in a while: seen on 6.12 as a
      // double fault with an address in EFLAGS, and as a boot that stands still. What we make crash does so each time.
      if (!(error instanceof VmEnded) || crashes === mostCrashes) throw error;
      scope.progress(`${error.message}\ntrying once more`);
    }
  }
}
