// vifscope snapshot: prints where packets waited, from the running service or by a measurement of its own.
import type { Argv, CommandModule } from 'yargs';
import { findDaemon } from '../client/daemonClient.js';
import type { ExitCode } from '../errors.js';
import type { Snapshot } from '../measure/snapshot.js';
import { Measurement } from '../measurement.js';
import { catchInterrupts, type Interruption, pause } from '../terminal/interrupt.js';
import { progress } from '../terminal/output.js';
import { OutputFile } from './outputFile.js';
import { reportSnapshot } from './report.js';
import { requireMatch } from './requireMatch.js';
import {
  type RawSnapshotOptions,
  readSnapshotOptions,
  type SnapshotOptions,
  withSnapshotOptions,
} from './snapshotOptions.js';
import { type RawSourceOptions, withSourceOptions } from './sourceOptions.js';

interface Raw extends RawSnapshotOptions, RawSourceOptions {
  exitCode?: ExitCode;
}

const builder = (argv: Argv) => withSourceOptions(withSnapshotOptions(argv, '5s'));

export const snapshot: CommandModule<object, Raw> = {
  command: 'snapshot',
  describe: 'measure for a while and print the tail latency of every device and segment',
  builder: builder as unknown as (argv: Argv) => Argv<Raw>,
  handler: async (raw) => {
    raw.exitCode = await run(readSnapshotOptions(raw), raw);
  },
};

async function run(options: SnapshotOptions, raw: Raw): Promise<ExitCode> {
  const hlog = options.hlogPath === undefined ? null : OutputFile.open(options.hlogPath);
  const interruption = catchInterrupts();
  try {
    return await reportSnapshot(await take(options, raw, interruption), options, hlog);
  } finally {
    interruption.release();
    hlog?.close();
  }
}

/** Ctrl-C ends the interval early: what was measured until then is printed. */
async function take(options: SnapshotOptions, raw: Raw, interruption: Interruption): Promise<Snapshot> {
  const { durationSeconds, journeys } = options;
  // The service follows packets at its own rate, if at all: who asks for another one measures by himself.
  const daemon = raw.daemon && journeys === null ? await findDaemon(raw.socket) : null;
  if (!daemon) return measure(options, raw, interruption);
  progress(`asking the service for ${durationSeconds} s; Ctrl-C ends it early`);
  const { device: include, exclude } = raw;
  const { signal } = interruption;
  const taken = await daemon.snapshot({ durationSeconds, include, exclude, signal });
  requireMatch(include, taken.accounting.length > 0, []);
  return taken;
}

async function measure(
  { durationSeconds, journeys }: SnapshotOptions,
  { device, exclude }: Raw,
  { signal }: Interruption,
): Promise<Snapshot> {
  const measurement = Measurement.start({ include: device, exclude, journeys });
  try {
    progress(`measuring for ${durationSeconds} s; Ctrl-C ends it early`);
    await pause(durationSeconds * 1_000, signal);
    await measurement.finish();
    const taken = measurement.snapshot();
    const anyMeasured = taken.accounting.length > 0 || measurement.devices.length > 0;
    requireMatch(device, anyMeasured, measurement.seenNames);
    return taken;
  } finally {
    measurement.close();
  }
}
