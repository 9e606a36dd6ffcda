// docs/kernels.md: a few words that hold for every run, the objects that were measured with, and the sections that runs
// have made, one a plan.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Each section has one heading of this level, at its start. */
const heading = /^(?=## )/m;
const headingOf = (section: string): string => section.slice(3, section.indexOf('\n'));

export const sectionOf = (title: string, text: string): string => `## ${title}\n\n${text}`;

const objectNames = ['vifscope.bpf.o', 'vifscope-no-cmpxchg.bpf.o'];
const shownDigits = 16;

/** "`vifscope.bpf.o` 0123456789abcdef and …" of those in this folder: the page names what was measured with. */
export const objectsText = (folder: string): string =>
  objectNames
    .map((name) => {
      const hash = createHash('sha256').update(readFileSync(`${folder}/${name}`));
      return `\`${name}\` ${hash.digest('hex').slice(0, shownDigits)}`;
    })
    .join(' and ');

/** @param objects as objectsText() has them */
export function documentOf(sections: readonly string[], objects: string): string {
  const beginning = `# Kernels

What vifscope measures on Debian's kernels: made by \`npm run test:kernels -- --write\`, which boots each of them in QEMU with the project inside and fails where a kernel does less than it should. Nothing here is written by hand.

${objectsLine(objects)}`;
  return `${[beginning, ...sections].join('\n\n')}\n`;
}

const objectsLine = (objects: string): string => `Measured with the objects ${objects}, by sha256.`;

/** Whether all that the page says was measured with these. */
export const isOf = (document: string, objects: string): boolean =>
  document.split('\n').includes(objectsLine(objects));

/** The sections of the document and these, which take the place of those of the same heading, in this order. */
export function updatedDocument(
  document: string,
  sections: readonly string[],
  { headings, objects }: { readonly headings: readonly string[]; readonly objects: string },
): string {
  const [, ...before] = document.split(heading);
  const all = new Map([...before, ...sections].map((section) => [headingOf(section), section.trimEnd()]));
  return documentOf(
    headings.flatMap((title) => all.get(title) ?? []),
    objects,
  );
}
