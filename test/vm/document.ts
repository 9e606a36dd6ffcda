// docs/kernels.md: a few words that hold for every run, and the sections that runs have made, one a plan.

const beginning = `# Kernels

What vifscope measures on Debian's kernels: made by \`npm run test:kernels -- --write\`, which boots each of them in QEMU with the project inside and fails where a kernel does less than it should. Nothing here is written by hand.`;

/** Each section has one heading of this level, at its start. */
const heading = /^(?=## )/m;
const headingOf = (section: string): string => section.slice(0, section.indexOf('\n'));

export const documentOf = (sections: readonly string[]): string =>
  `${[beginning, ...sections].join('\n\n')}\n`;

/** The document with these sections in the place of those of the same heading; new ones stand at its end. */
export function updatedDocument(document: string, sections: readonly string[]): string {
  const fresh = new Map(sections.map((section) => [headingOf(section), section]));
  const [, ...before] = document.split(heading);
  const kept = before.map((old) => {
    const known = fresh.get(headingOf(old));
    fresh.delete(headingOf(old));
    return known ?? old.trimEnd();
  });
  return documentOf([...kept, ...fresh.values()]);
}
