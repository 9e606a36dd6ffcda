// Holds the rounds and their libbpf against what they must be. Pure: a report in, the faults in words out.
import type { TestKernel } from '../kernels.js';
import { faultsOf as roundsFaultsOf } from '../rounds/faults.js';
import type { LibrariesReport } from './report.js';

/** @param given the version of the libbpf that was put into the VM */
export const faultsOf = (
  { libbpf, rounds }: LibrariesReport,
  given: string | null,
  kernel: TestKernel,
): string[] => [
  ...(libbpf === given ? [] : [`libbpf ${libbpf} was loaded instead of ${given}`]),
  ...roundsFaultsOf(rounds, kernel),
];
