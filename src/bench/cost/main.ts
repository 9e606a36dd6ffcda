// npm run bench:cost: what vifscope's programs cost a packet on this host, counted by the kernel itself.
// Numbers are printed, none of them fails the run.
import { buildPath } from '../buildPath.js';
import { primePath } from '../load/offerLoad.js';
import { removeLeftovers } from '../namespaces.js';
import { runProgram } from '../program.js';
import type { Scope } from '../scope.js';
import { type CostFigures, costFigures } from './figures.js';
import { type CostOptions, readCostOptions, usage } from './options.js';
import { runRounds } from './rounds.js';
import { enableRunStatistics } from './runStatistics.js';
import { costText } from './text.js';

async function measure(options: CostOptions, scope: Scope): Promise<CostFigures> {
  await removeLeftovers();
  enableRunStatistics(scope.cleanup);
  const path = await buildPath('veth', scope);
  await primePath(path, scope);
  return costFigures(await runRounds(path, options, scope));
}

await runProgram({
  name: 'bench:cost',
  usage,
  readOptions: readCostOptions,
  run: async (options: CostOptions, scope) => {
    const figures = await measure(options, scope);
    return options.json ? `${JSON.stringify(figures, null, 2)}\n` : costText(figures);
  },
});
