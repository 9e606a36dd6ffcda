// vifscope demo: carries the same load over a veth pair, a tap-backed guest and a tun forwarder, and shows
// where the packets waited.
import type { Argv, CommandModule } from 'yargs';
import { buildPath } from '../bench/buildPath.js';
import { Cleanup } from '../bench/cleanup.js';
import { defaultLoad, offerLoad } from '../bench/load/offerLoad.js';
import { removeLeftovers } from '../bench/namespaces.js';
import { type BuiltPath, demoPathNames, type PathName } from '../bench/path.js';
import type { Scope } from '../bench/scope.js';
import { startMeasuring } from '../bench/startMeasuring.js';
import type { Snapshot } from '../measure/snapshot.js';
import { catchInterrupts } from '../terminal/interrupt.js';
import { print, progress } from '../terminal/output.js';
import { loadText, type PathLoad, withLoads } from './loads.js';
import { OutputFile } from './outputFile.js';
import { reportSnapshot } from './report.js';
import {
  type RawSnapshotOptions,
  readSnapshotOptions,
  type SnapshotOptions,
  withSnapshotOptions,
} from './snapshotOptions.js';

interface Raw extends RawSnapshotOptions {
  readonly path: readonly PathName[];
  readonly rate: number;
  exitCode?: number;
}

/** 128 + SIGINT, as shells report it. */
const interruptedExitCode = 130;

const builder = (argv: Argv) =>
  withSnapshotOptions(argv, '5s')
    .option('path', {
      type: 'string',
      array: true,
      nargs: 1,
      choices: demoPathNames,
      default: demoPathNames,
      describe: 'the paths to show',
    })
    .option('rate', {
      type: 'number',
      default: defaultLoad.packetsPerSecond,
      describe: 'packets a second offered to each path',
    });

export const demo: CommandModule<object, Raw> = {
  command: 'demo',
  describe: 'load a veth pair, a tap guest and a tun forwarder alike, and show where the packets waited',
  builder: builder as unknown as (argv: Argv) => Argv<Raw>,
  handler: async (raw) => {
    raw.exitCode = await run(readSnapshotOptions(raw), raw);
  },
};

async function run(options: SnapshotOptions, raw: Raw): Promise<number> {
  const hlog = options.hlogPath === undefined ? null : OutputFile.open(options.hlogPath);
  const interruption = catchInterrupts();
  const scope: Scope = { cleanup: new Cleanup(), signal: interruption.signal, progress };
  try {
    await removeLeftovers();
    const { snapshot, loads } = await measure(options, raw, scope);
    if (options.format === 'table') await print(`${loads.map(loadText).join('')}\n`);
    // The paths had their turns, so packets over the whole duration are no rate.
    return await reportSnapshot(withLoads(snapshot, loads), options, hlog, { withRate: false });
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.stderr.write('vifscope: interrupted, everything removed\n');
    return interruptedExitCode;
  } finally {
    await scope.cleanup.run();
    interruption.release();
    hlog?.close();
  }
}

async function measure(
  { durationSeconds, journeys }: SnapshotOptions,
  raw: Raw,
  scope: Scope,
): Promise<{ snapshot: Snapshot; loads: readonly PathLoad[] }> {
  const paths: BuiltPath[] = [];
  for (const name of demoPathNames) if (raw.path.includes(name)) paths.push(await buildPath(name, scope));
  // From zero, every packet is one of the load's, so the sink's count can be held against the kernel's.
  const measurement = await startMeasuring(paths, scope, { journeys });
  const loads: PathLoad[] = [];
  for (const path of paths) {
    progress(`${path.name}: ${raw.rate} packets a second for ${durationSeconds} s`);
    const load = await offerLoad(
      path,
      { ...defaultLoad, packetsPerSecond: raw.rate, durationSeconds },
      scope,
    );
    loads.push({ path, offeredPacketsPerSecond: raw.rate, load });
  }
  await measurement.finish();
  return { snapshot: measurement.snapshot(), loads };
}
