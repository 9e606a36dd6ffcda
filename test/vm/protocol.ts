// What the program inside the VM tells the one outside: one JSON document on the console, between two markers; and
// what it is told: words on the kernel's command line.

/** Said first, so that an accelerator that doesn't boot is noticed soon. */
export const upLine = 'vifscope-vm-up';
export const reportStart = 'vifscope-vm-report-start';
export const reportEnd = 'vifscope-vm-report-end';

const planWord = 'vifscope.plan';
const variantWord = 'vifscope.variant';

export const commandLineOf = (plan: string, variant: string): string[] => [
  `${planWord}=${plan}`,
  `${variantWord}=${variant}`,
];

/** @param commandLine the text of /proc/cmdline */
export function readCommandLine(commandLine: string): { readonly plan: string; readonly variant: string } {
  const wordOf = (name: string) =>
    commandLine
      .split(/\s+/)
      .find((word) => word.startsWith(`${name}=`))
      ?.slice(name.length + 1) ?? '';
  return { plan: wordOf(planWord), variant: wordOf(variantWord) };
}
