// npm run bench:parts: what each part takes by itself, with sizes that grow. Numbers are printed, none fails the run.
import { readArguments } from '../arguments.js';
import { runProgram } from '../program.js';
import { partFigures, partsText } from './figures.js';
import { timeParts } from './rounds.js';

const presets = { rounds: { preset: 15, least: 1 } } as const;

const usage = `npm run bench:parts -- [--rounds N] [--json]

What the verbs of the hooks and the steps of user space take by themselves, with sizes that grow.

  --rounds N  rounds (${presets.rounds.preset})
  --json      figures as JSON
`;

interface PartsOptions {
  readonly rounds: number;
  readonly json: boolean;
}

await runProgram<PartsOptions>({
  name: 'bench:parts',
  usage,
  readOptions: (args) => {
    const read = readArguments(args, presets);
    return read && { ...read.numbers, json: read.json };
  },
  run: async ({ rounds, json }, scope) => {
    const figures = partFigures(await timeParts(rounds, scope));
    return json ? `${JSON.stringify(figures, null, 2)}\n` : partsText(figures, rounds);
  },
});
