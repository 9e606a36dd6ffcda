// What is done inside a VM: a plan is a program that runs there and reports, and a judge outside that holds the report
// against what the kernel must be able to do.
import type { TestKernel } from './kernels.js';

/** One boot of a plan. */
export interface Boot {
  /** Handed to the program inside. */
  readonly variant: string;
  /** Added to the kernel's command line. */
  readonly kernelArguments?: readonly string[];
}

export interface Plan<Report> {
  /** Also the name of its folder, whose inside.js is the program. */
  readonly name: string;
  /** Of its section in docs/kernels.md. */
  readonly heading: string;
  readonly boots: readonly Boot[];
  /** Carried out on one kernel by npm test too; the others only by npm run test:kernels. */
  readonly isInNpmTest: boolean;
  /** Carried out on these kernels alone; on all of the table where it is not given. */
  readonly series?: readonly string[];
  /** A Debian suite, whose libbpf and C library take the place of this host's in the VM. */
  readonly librariesOf?: string;
  /** For the program's report, once the VM is up, under TCG and on a busy host. */
  readonly limitSeconds: number;
  /** In words; empty when all is well. @param reports one a boot, in their order */
  faultsOf(reports: readonly Report[], kernel: TestKernel): string[];
  /** A part of docs/kernels.md, in Markdown, below its heading. @param kernels the reports of each kernel */
  section(kernels: readonly KernelReports<Report>[]): string;
}

export interface KernelReports<Report> {
  /** The release: "6.1.0-50-cloud-amd64". */
  readonly kernel: string;
  readonly reports: readonly Report[];
}

/** What every program inside reports around its own. */
export interface VmReport<Report> {
  readonly kernel: string;
  /** null when it ended early. */
  readonly report: Report | null;
  /** Why it ended early, with the verifier's words where they are the cause. */
  readonly failure: string | null;
}
