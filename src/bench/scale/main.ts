// npm run bench:scale: does a packet cost the same where there are more devices, flows, packets?
// Numbers are printed, none of them fails the run.
import { readArguments } from '../arguments.js';
import { Cleanup } from '../cleanup.js';
import { enableRunStatistics } from '../cost/runStatistics.js';
import { removeLeftovers } from '../namespaces.js';
import { runProgram } from '../program.js';
import type { Scope } from '../scope.js';
import { type ScaleFigures, scaleFigures, scaleText } from './figures.js';
import { groundNames, grounds, oneGround } from './grounds.js';
import { runScaleRounds } from './rounds.js';

const presets = {
  rounds: { preset: 5, least: 1 },
  packets: { preset: 100_000, least: 1_000 },
} as const;

const usage = `npm run bench:scale -- [--rounds N] [--packets N] [--json]

What vifscope's programs cost a packet on hosts of more devices, flows and packets, beside one veth pair.

  --rounds N   rounds on each ground (${presets.rounds.preset})
  --packets N  packets a turn (${presets.packets.preset})
  --json       figures as JSON
`;

interface ScaleOptions {
  readonly rounds: number;
  readonly packets: number;
  readonly json: boolean;
}

async function measure(options: ScaleOptions, scope: Scope): Promise<ScaleFigures[]> {
  await removeLeftovers();
  enableRunStatistics(scope.cleanup);
  const one = await oneGround(scope);
  const figures: ScaleFigures[] = [];
  for (const name of groundNames) {
    scope.progress(grounds[name].title);
    // Gone before the next one comes: each is more of one thing alone.
    const cleanup = new Cleanup();
    const remove = scope.cleanup.add(`remove the ground ${name}`, () => cleanup.run());
    const inner: Scope = { ...scope, cleanup };
    const rounds = await runScaleRounds(one, await grounds[name].build(inner), options, inner);
    await remove();
    figures.push(scaleFigures(name, rounds));
  }
  return figures;
}

await runProgram<ScaleOptions>({
  name: 'bench:scale',
  usage,
  readOptions: (args) => {
    const read = readArguments(args, presets);
    return read && { ...read.numbers, json: read.json };
  },
  run: async (options, scope) => {
    const figures = await measure(options, scope);
    return options.json ? `${JSON.stringify(figures, null, 2)}\n` : scaleText(figures, options.rounds);
  },
});
