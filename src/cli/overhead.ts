// vifscope overhead: what vifscope costs on this host, off and on in turn.
import type { Argv, CommandModule } from 'yargs';
import { Cleanup } from '../bench/cleanup.js';
import { defaultLoad } from '../bench/load/offerLoad.js';
import { oneSize, sendPlanOf } from '../bench/load/plan.js';
import { measureOverhead, type OverheadPlan } from '../bench/overhead/run.js';
import { overheadText } from '../bench/overhead/text.js';
import type { Scope } from '../bench/scope.js';
import { ExitCode } from '../errors.js';
import { optionError } from '../measure/optionText.js';
import { catchInterrupts } from '../terminal/interrupt.js';
import { print, progress } from '../terminal/output.js';
import { single } from './snapshotOptions.js';

interface Raw {
  readonly pairs: number;
  readonly seconds: number;
  readonly rate: number;
  readonly json: boolean | undefined;
  exitCode?: ExitCode | number;
}

/** 128 + SIGINT, as shells report it. */
const interruptedExitCode = 130;
const mostPairs = 1_000;

const builder = (argv: Argv) =>
  argv
    .option('pairs', { type: 'number', default: 11, describe: 'pairs of turns, one off and one on' })
    .option('seconds', { type: 'number', default: 1, describe: 'of each load of a turn' })
    .option('rate', {
      type: 'number',
      default: defaultLoad.packetsPerSecond,
      describe: 'round trips a second',
    })
    .option('json', { type: 'boolean', describe: 'print the report as JSON' });

export const overhead: CommandModule<object, Raw> = {
  command: 'overhead',
  describe: 'what vifscope costs on this host: rate, CPU time and round trips, off and on in turn',
  builder: builder as unknown as (argv: Argv) => Argv<Raw>,
  handler: async (raw) => {
    raw.exitCode = await run(planOf(raw), raw.json === true);
  },
};

/** @throws VifscopeError USAGE before anything is built */
function planOf(raw: Raw): OverheadPlan {
  // yargs makes an array of an option that is given twice.
  for (const [name, value] of Object.entries(raw))
    if (name !== '_' && Array.isArray(value)) single(`--${name}`, value);
  if (!Number.isInteger(raw.pairs) || raw.pairs < 1 || raw.pairs > mostPairs)
    throw optionError('--pairs', String(raw.pairs), `not a whole number from 1 to ${mostPairs}`, '11');
  const load = { packetsPerSecond: raw.rate, seconds: raw.seconds, frameBytes: defaultLoad.frameBytes };
  // Impossible loads are refused before anything is built.
  sendPlanOf({
    packetsPerSecond: raw.rate,
    durationSeconds: raw.seconds,
    sizes: oneSize(load.frameBytes),
    flows: 1,
    burst: 1,
  });
  return { pairs: raw.pairs, load };
}

async function run(plan: OverheadPlan, isJson: boolean): Promise<number> {
  const interruption = catchInterrupts();
  const scope: Scope = { cleanup: new Cleanup(), signal: interruption.signal, progress };
  try {
    const report = await measureOverhead(plan, scope);
    await print(isJson ? `${JSON.stringify(report, null, 2)}\n` : overheadText(report));
    return ExitCode.ok;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.stderr.write('vifscope: interrupted, everything removed\n');
    return interruptedExitCode;
  } finally {
    await scope.cleanup.run();
    interruption.release();
  }
}
