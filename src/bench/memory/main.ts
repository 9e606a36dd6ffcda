// npm run bench:memory: what vifscope takes of the kernel's memory on hosts of 2 to 256 CPUs. With --write, into docs/cost.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { readArguments } from '../arguments.js';
import { withSection } from '../documentSection.js';
import { runProgram } from '../program.js';
import { memoryText } from './figures.js';
import { measureHost } from './measure.js';

const documentPath = 'docs/cost.md';
const simulatedCpus = [2, 16, 64, 128, 256] as const;

const usage = `npm run bench:memory -- [--json] [--write]

The kernel's memory by the number of possible CPUs: by the formula, and as the kernel accounts for maps of such sizes,
which are made and freed again one host after the other.

  --json       figures as JSON
  --write      also into ${documentPath}
`;

interface MemoryOptions {
  readonly json: boolean;
  readonly isToBeWritten: boolean;
}

await runProgram<MemoryOptions>({
  name: 'bench:memory',
  usage,
  readOptions: (args) => {
    const read = readArguments(
      args.filter((argument) => argument !== '--write'),
      {},
    );
    return read && { json: read.json, isToBeWritten: args.includes('--write') };
  },
  run: ({ json, isToBeWritten }, { progress }) => {
    const hosts = simulatedCpus.map((cpus) => {
      progress(`${cpus} CPUs`);
      return measureHost(cpus);
    });
    const text = memoryText(hosts);
    if (isToBeWritten)
      writeFileSync(documentPath, withSection(readFileSync(documentPath, 'utf8'), 'bench:memory', text));
    return Promise.resolve(json ? `${JSON.stringify(hosts, null, 2)}\n` : text);
  },
});
