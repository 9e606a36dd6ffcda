// vifscope snapshot: measures for a while and prints where packets waited.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Argv, CommandModule } from 'yargs';
import { type ExitCode, VifscopeError } from '../errors.js';
import { printable } from '../export/printable.js';
import { existingDevices } from '../host/deviceNames.js';
import { wantedBy } from '../measure/devicePatterns.js';
import { Measurement } from '../measurement.js';
import { catchInterrupts } from './interrupt.js';
import { progress } from './output.js';
import { OutputFile } from './outputFile.js';
import { reportSnapshot } from './report.js';
import {
  type RawSnapshotOptions,
  readSnapshotOptions,
  type SnapshotOptions,
  withSnapshotOptions,
} from './snapshotOptions.js';

interface Raw extends RawSnapshotOptions {
  readonly device: readonly string[];
  readonly exclude: readonly string[];
  exitCode?: ExitCode;
}

const builder = (argv: Argv) =>
  withSnapshotOptions(argv, '5s')
    .option('device', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: "only devices of this name, or namespace/name: 'tap*', 'blue/veth0'",
    })
    .option('exclude', { type: 'string', array: true, nargs: 1, default: [], describe: 'but not these' });

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
  try {
    const measured = await measure(options, raw);
    return await reportSnapshot(measured, options, hlog);
  } finally {
    hlog?.close();
  }
}

/** Ctrl-C ends the interval early: what was measured until then is printed. */
async function measure({ durationSeconds }: SnapshotOptions, { device, exclude }: Raw) {
  const interruption = catchInterrupts();
  const measurement = Measurement.start({ include: device, exclude });
  try {
    progress(`measuring for ${durationSeconds} s; Ctrl-C ends it early`);
    await sleep(durationSeconds * 1_000, undefined, { signal: interruption.signal }).catch(ignoreAbort);
    await measurement.finish();
    requireMatch(measurement, device);
    return measurement.snapshot();
  } finally {
    measurement.close();
    interruption.release();
  }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}

/** A pattern that fits nothing, neither a device with packets nor one without, is a slip of the pen. */
function requireMatch(measurement: Measurement, globs: readonly string[]): void {
  if (globs.length === 0 || measurement.devices.length > 0) return;
  const isWanted = wantedBy(globs, []);
  const existing = existingDevices();
  if (!existing || existing.some(({ netns, name }) => isWanted(netns, name))) return;
  const seen = measurement.seenNames.map(printable);
  throw new VifscopeError({
    code: 'USAGE',
    operation: 'measure',
    object: `--device ${globs.join(' ')}`,
    reason: 'no such device carried a packet, and none here has such a name',
    remedy: seen.length > 0 ? `devices that did: ${seen.slice(0, 8).join(', ')}` : 'see ip -br link',
  });
}
