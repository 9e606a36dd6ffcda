// A path that carries so many packets a second and no more: the search finds that rate, and not another.
// Catches: trials too short for the queue in front of it, counters read while packets are under way.
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { buildPath } from '../../../src/bench/buildPath.js';
import { runCommand } from '../../../src/bench/command.js';
import { measureGenerator } from '../../../src/bench/load/ceiling.js';
import { Loader } from '../../../src/bench/load/loader.js';
import { oneSize } from '../../../src/bench/load/plan.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import { searchCeiling } from '../../../src/bench/run/ceiling.js';
import { Trials } from '../../../src/bench/run/trials.js';
import type { Scope } from '../../../src/bench/scope.js';
import { realTest } from '../realHost.js';
import { bucketOf, planOver } from './planning.js';

/** Enough for pauses of the host of 15 ms, and still a small part of a trial. */
const queuePackets = 300;
/** The same at 10,000 packets a second: ring, and qdisc behind it. */
const tunQueuePackets = 100;
const pacedForwarder = fileURLToPath(new URL('../fixtures/pacedForwarder.js', import.meta.url));

/** A pause of the host makes a search find less, never more: the best of a few is what the path carries. */
const mostSearches = 3;
const tolerance = 0.02;

async function bestFoundOn(
  t: ExecutionContext,
  build: () => Promise<{ readonly path: BuiltPath; readonly heldPackets: number }>,
  least: number,
  scope: Scope,
) {
  const alone = { sizes: oneSize(64), flows: 1 };
  const { median } = await measureGenerator(alone, { rounds: 1, seconds: 0.3 }, scope);
  const { path, heldPackets } = await build();
  const plan = planOver(path.name, { searches: 1, searchSeconds: 40 });
  const trials = new Trials(path, await Loader.open(path, scope), median);
  const best = { noDrop: 0, partialDrop: 0 };
  for (let search = 0; search < mostSearches && Math.min(best.noDrop, best.partialDrop) < least; search++) {
    const found = await searchCeiling({ plan, trials, heldPackets, tell: (text) => t.log(text) });
    t.log(JSON.stringify({ noDrop: found.noDrop, partialDrop: found.partialDrop }));
    t.false(found.noDrop.isGeneratorBound);
    best.noDrop = Math.max(best.noDrop, found.noDrop.packetsPerSecond ?? 0);
    best.partialDrop = Math.max(best.partialDrop, found.partialDrop.packetsPerSecond ?? 0);
  }
  return best;
}

realTest('veth', 'a token bucket of 20,000 packets a second is found within 2 %', async (t, scope) => {
  const planted = 20_000;
  const build = async () => {
    const path = await buildPath('veth', scope);
    const add = ['qdisc', 'add', 'dev', 'veth0', 'root', ...bucketOf(planted, queuePackets)];
    await runCommand('tc', ['-n', path.generatorNetns, ...add]);
    return { path, heldPackets: queuePackets };
  };
  const least = planted * (1 - tolerance);
  const { noDrop, partialDrop } = await bestFoundOn(t, build, least, scope);
  t.true(noDrop >= least && noDrop <= planted * (1 + tolerance), `${noDrop}`);
  const passed = partialDrop * (1 - 0.005);
  t.true(passed >= least && passed <= planted * (1 + tolerance), `${passed}`);
});

realTest('tun', 'a forwarder that sleeps between packets is found within 2 %', async (t, scope) => {
  const planted = 10_000;
  const forwarder = `${process.execPath} ${pacedForwarder} {in} {out} 100`;
  const build = async () => {
    const path = await buildPath('tun', scope, { forwarder });
    // Longer queues hide an overload of this rate for as long as the longest trial lasts (docs/bench.md).
    for (const { netns, device } of path.devices)
      await runCommand('ip', ['-n', netns, 'link', 'set', device, 'txqueuelen', String(tunQueuePackets)]);
    // A queue and a ring in front of the forwarder; nothing waits behind it.
    return { path, heldPackets: 2 * tunQueuePackets };
  };
  const { noDrop } = await bestFoundOn(t, build, planted * (1 - tolerance), scope);
  t.true(noDrop >= planted * (1 - tolerance), `${noDrop}`);
  t.true(noDrop <= planted * (1 + tolerance), `${noDrop}`);
});
