// npm run bench:journeys: how many events of sampled packets one core makes legs of, from a recording of real ones.
// Numbers are printed, none of them fails the run.
import { VifscopeError } from '../../errors.js';
import { buildPath } from '../buildPath.js';
import { Cleanup } from '../cleanup.js';
import { removeLeftovers } from '../namespaces.js';
import { runProgram } from '../program.js';
import type { Scope } from '../scope.js';
import { type JourneysFigures, journeysFigures, journeysText } from './figures.js';
import { type JourneysBenchOptions, readJourneysBenchOptions, usage } from './options.js';
import { type Recording, record } from './record.js';
import { replay } from './replay.js';

async function measure(options: JourneysBenchOptions, scope: Scope): Promise<JourneysFigures> {
  const recording = await recordThere(options, scope);
  scope.progress(`${recording.events.length} events recorded`);
  const replayed = await replay(recording, options.rounds, scope.signal);
  if (replayed.rounds.every(({ events }) => events > 0)) return journeysFigures(replayed);
  throw new VifscopeError({
    code: 'FAILED',
    operation: 'play back',
    object: `${recording.events.length} events`,
    reason: 'they do not fill the ring once',
    remedy: 'record for longer, or at a higher rate',
  });
}

/** The paths are gone before anything is timed. */
async function recordThere(options: JourneysBenchOptions, outer: Scope): Promise<Recording> {
  await removeLeftovers();
  const scope = { ...outer, cleanup: new Cleanup() };
  const remove = outer.cleanup.add('remove the paths', () => scope.cleanup.run());
  const paths = [await buildPath('veth', scope), await buildPath('tun', scope)];
  const recording = await record(paths, options, scope);
  await remove();
  return recording;
}

await runProgram({
  name: 'bench:journeys',
  usage,
  readOptions: readJourneysBenchOptions,
  run: async (options: JourneysBenchOptions, scope) => {
    const figures = await measure(options, scope);
    return options.json ? `${JSON.stringify(figures, null, 2)}\n` : journeysText(figures);
  },
});
