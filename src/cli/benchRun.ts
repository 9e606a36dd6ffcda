// vifscope bench run: the same load over a veth pair, a bridge, a guest and a forwarder; ceilings and tails.
import { join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { Cleanup } from '../bench/cleanup.js';
import { prepareDirectory, writeReports, writeResult } from '../bench/report/directory.js';
import { benchText } from '../bench/report/text.js';
import type { BenchResult } from '../bench/result/schema.js';
import { runBench } from '../bench/run/bench.js';
import { estimateSeconds } from '../bench/run/plan.js';
import type { Scope } from '../bench/scope.js';
import { ExitCode } from '../errors.js';
import { catchInterrupts } from '../terminal/interrupt.js';
import { print, progress } from '../terminal/output.js';
import { planOf, type RawBenchOptions, withBenchOptions } from './benchOptions.js';

interface Raw extends RawBenchOptions {
  exitCode?: ExitCode | number;
}

/** 128 + SIGINT, as shells report it. */
const interruptedExitCode = 130;

export const benchRun: CommandModule<object, Raw> = {
  command: 'run',
  describe: 'put the same load on every path: ceiling, CPU cost, tail',
  builder: withBenchOptions as unknown as (argv: Argv) => Argv<Raw>,
  handler: async (raw) => {
    raw.exitCode = await run(raw);
  },
};

async function run(raw: Raw): Promise<number> {
  const plan = planOf(raw);
  const directory = raw.out ?? join('vifscope-bench', new Date().toISOString().replaceAll(':', ''));
  prepareDirectory(directory);
  const interruption = catchInterrupts();
  const scope: Scope = { cleanup: new Cleanup(), signal: interruption.signal, progress };
  try {
    progress(`about ${Math.ceil(estimateSeconds(plan) / 60)} minutes; the result goes to ${directory}`);
    let known: BenchResult | null = null;
    const keep = (partial: BenchResult) => {
      known = partial;
      writeResult(directory, partial);
    };
    const result = await runBench(plan, scope, keep).finally(() => known && writeReports(directory, known));
    await print(raw.json ? `${JSON.stringify(result)}\n` : benchText(result));
    return result.paths.some(({ state }) => state === 'failed') ? ExitCode.failed : ExitCode.ok;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.stderr.write(`vifscope: interrupted, everything removed; what was measured is in ${directory}\n`);
    return interruptedExitCode;
  } finally {
    await scope.cleanup.run();
    interruption.release();
  }
}
