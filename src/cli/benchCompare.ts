// vifscope bench compare: what differs between two runs, and whether something got worse by more than a bound.
import type { Argv, CommandModule } from 'yargs';
import { compareResults } from '../bench/compare/compare.js';
import { comparisonText } from '../bench/compare/text.js';
import { readResult } from '../bench/report/directory.js';
import { ExitCode } from '../errors.js';
import { optionError } from '../measure/optionText.js';
import { print } from '../terminal/output.js';

interface Raw {
  readonly before: string;
  readonly after: string;
  readonly bound: string;
  readonly json: boolean | undefined;
  exitCode?: ExitCode;
}

const builder = (argv: Argv) =>
  argv
    .positional('before', {
      type: 'string',
      demandOption: true,
      describe: 'the directory of the earlier run',
    })
    .positional('after', { type: 'string', demandOption: true, describe: 'that of the later one' })
    .option('bound', {
      type: 'string',
      requiresArg: true,
      default: '10%',
      describe: 'exit with 3 where a figure is really worse by more than this',
    })
    .option('json', { type: 'boolean', describe: 'print JSON' });

export const benchCompare: CommandModule<object, Raw> = {
  command: 'compare <before> <after>',
  describe: 'which differences between two runs are real',
  builder: builder as unknown as (argv: Argv) => Argv<Raw>,
  handler: async (raw) => {
    const bound = parseBound(raw.bound);
    const comparison = compareResults(readResult(raw.before), readResult(raw.after), bound);
    await print(raw.json ? `${JSON.stringify(comparison)}\n` : comparisonText(comparison));
    const isWorse = comparison.differences.some(({ isRegression }) => isRegression);
    raw.exitCode = isWorse ? ExitCode.thresholdExceeded : ExitCode.ok;
  },
};

function parseBound(text: string): number {
  const [, digits] = /^(\d+(?:\.\d+)?)\s*%$/.exec(text) ?? [];
  if (digits === undefined) throw optionError('--bound', text, 'not a percentage', '10%');
  return Number(digits) / 100;
}
