// npm run bench:cost: what vifscope's programs cost a packet on this host, counted by the kernel itself.
// Data goes to stdout, progress and errors to stderr; numbers are printed, none of them fails the run.
import { catchInterrupts } from '../../cli/interrupt.js';
import { print, progress, survivesClosedOutput } from '../../cli/output.js';
import { ExitCode, VifscopeError } from '../../errors.js';
import { buildPath } from '../buildPath.js';
import { Cleanup } from '../cleanup.js';
import { primePath } from '../load.js';
import { removeLeftovers } from '../namespaces.js';
import type { Scope } from '../scope.js';
import { type CostFigures, costFigures } from './figures.js';
import { type CostOptions, readCostOptions, usage } from './options.js';
import { runRounds } from './rounds.js';
import { enableRunStatistics } from './runStatistics.js';
import { costText } from './text.js';

/** 128 + SIGINT, as shells report it. */
const interruptedExitCode = 130;

async function measure(options: CostOptions, scope: Scope): Promise<CostFigures> {
  await removeLeftovers();
  enableRunStatistics(scope.cleanup);
  const path = await buildPath('veth', scope);
  await primePath(path, scope);
  return costFigures(await runRounds(path, options, scope));
}

async function run(args: readonly string[]): Promise<number> {
  const options = readCostOptions(args);
  if (options === null) {
    await print(usage);
    return ExitCode.ok;
  }
  const interruption = catchInterrupts();
  const scope: Scope = { cleanup: new Cleanup(), signal: interruption.signal, progress };
  try {
    const figures = await measure(options, scope);
    await print(options.json ? `${JSON.stringify(figures, null, 2)}\n` : costText(figures));
    return ExitCode.ok;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.stderr.write('bench:cost: interrupted, everything removed\n');
    return interruptedExitCode;
  } finally {
    await scope.cleanup.run();
    interruption.release();
  }
}

survivesClosedOutput();
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof VifscopeError)) throw error;
  process.stderr.write(`bench:cost: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
