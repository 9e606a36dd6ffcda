// npm run bench:peers: vifscope beside the floor, other designs and the tools in use, in one run on one host.
// Numbers are printed, none of them fails the run.
import { defaultLoad } from '../load/offerLoad.js';
import { removeLeftovers } from '../namespaces.js';
import { LoadGround } from '../overhead/load.js';
import { allowedCpus, pinningOn } from '../pinning.js';
import { runProgram } from '../program.js';
import type { Scope } from '../scope.js';
import { type PeersReport, peersReport } from './figures.js';
import { type PeersOptions, readPeersOptions, usage } from './options.js';
import { runPeerRounds } from './rounds.js';
import { peersText } from './text.js';

async function measure({ rounds, packets }: PeersOptions, scope: Scope): Promise<PeersReport> {
  await removeLeftovers();
  const rate = { ...defaultLoad, seconds: packets / defaultLoad.packetsPerSecond };
  const ground = await LoadGround.open(rate, pinningOn(allowedCpus()), scope);
  return peersReport(await runPeerRounds(ground, rounds, scope));
}

await runProgram({
  name: 'bench:peers',
  usage,
  readOptions: readPeersOptions,
  run: async (options: PeersOptions, scope) => {
    const report = await measure(options, scope);
    return options.json ? `${JSON.stringify(report, null, 2)}\n` : peersText(report);
  },
});
