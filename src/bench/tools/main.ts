// npm run bench:tools: tools of others beside vifscope's own figures. Numbers are printed, none of them fails the run.
import { buildPath } from '../buildPath.js';
import { Cleanup } from '../cleanup.js';
import { removeLeftovers } from '../namespaces.js';
import { neededPinning, pinOurselves } from '../pinning.js';
import { runProgram } from '../program.js';
import type { Scope } from '../scope.js';
import { compareCarried, compareDrained, compareLoss, compareRoundTrips, type Sending } from './compare.js';
import { type Comparison, comparedOver, comparedText } from './comparisons.js';
import { groundOf } from './ground.js';
import { type ComparingOptions, readComparingOptions, usage } from './options.js';

async function compare(options: ComparingOptions, scope: Scope) {
  const pinning = neededPinning();
  await removeLeftovers();
  pinOurselves(pinning, scope);
  const rounds = [];
  for (let round = 1; round <= options.rounds; round++) {
    scope.signal.throwIfAborted();
    scope.progress(`round ${round} of ${options.rounds}`);
    rounds.push([
      ...(await compareDrained({ pinning, ...options }, scope)),
      ...(await compareOverPath({ pinning, ...options }, scope)),
    ]);
  }
  return comparedOver(rounds);
}

async function compareOverPath(sending: Sending, scope: Scope): Promise<Comparison[]> {
  const cleanup = new Cleanup();
  const remove = scope.cleanup.add('remove the veth path', () => cleanup.run());
  const own = { ...scope, cleanup };
  try {
    const path = await buildPath('veth', own);
    const ground = groundOf(path);
    if (!ground) throw new Error('a veth path has a ground for tools');
    const surface = { path, ground, ...sending };
    const [loss, carried] = [await compareLoss(surface, own), await compareCarried(surface, own)];
    return [...loss, ...carried, ...(await compareRoundTrips(surface, own))];
  } finally {
    await remove();
  }
}

await runProgram({
  name: 'bench:tools',
  usage,
  readOptions: readComparingOptions,
  run: async (options: ComparingOptions, scope) => {
    const compared = await compare(options, scope);
    return options.json ? `${JSON.stringify(compared, null, 2)}\n` : comparedText(compared);
  },
});
