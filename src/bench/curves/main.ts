// npm run bench:curves: what the service takes on hosts of more and more devices. With --write, into docs/cost.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { readArguments } from '../arguments.js';
import { withSection } from '../documentSection.js';
import { removeLeftovers } from '../namespaces.js';
import { runProgram } from '../program.js';
import { curvesText } from './figures.js';
import { measureCurve } from './measure.js';

const documentPath = 'docs/cost.md';
/** A step is about three times the last. */
const sizes = [10, 30, 100, 300, 1_000];
const presets = {
  seconds: { preset: 30, least: 3 },
  most: { preset: 1_000, least: 10 },
} as const;

const usage = `npm run bench:curves -- [--seconds N] [--most N] [--json] [--write]

Resident size, CPU time and scrape time of the service, by the number of devices.

  --seconds N  how long to watch each size (${presets.seconds.preset})
  --most N     no more devices than these (${presets.most.preset})
  --json       figures as JSON
  --write      also into ${documentPath}
`;

interface CurvesOptions {
  readonly seconds: number;
  readonly most: number;
  readonly json: boolean;
  readonly isToBeWritten: boolean;
}

await runProgram<CurvesOptions>({
  name: 'bench:curves',
  usage,
  readOptions: (args) => {
    const read = readArguments(
      args.filter((argument) => argument !== '--write'),
      presets,
    );
    return read && { ...read.numbers, json: read.json, isToBeWritten: args.includes('--write') };
  },
  run: async ({ seconds, most, json, isToBeWritten }, scope) => {
    await removeLeftovers();
    const devices = sizes.filter((size) => size <= most);
    const points = await measureCurve({ devices, seconds }, scope);
    const text = curvesText(points);
    if (isToBeWritten)
      writeFileSync(documentPath, withSection(readFileSync(documentPath, 'utf8'), 'bench:curves', text));
    return json ? `${JSON.stringify(points, null, 2)}\n` : text;
  },
});
