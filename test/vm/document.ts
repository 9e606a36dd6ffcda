// docs/kernels.md: a few words that hold for every run, and the sections that the run has made.

const beginning = `# Kernels

What vifscope measures on Debian's kernels: made by \`npm run test:kernels -- --write\`, which boots each of them in QEMU with the project inside and fails where a kernel does less than it should. Nothing here is written by hand.
`;

export const documentOf = (sections: readonly string[]): string => `${[beginning, ...sections].join('\n')}\n`;
