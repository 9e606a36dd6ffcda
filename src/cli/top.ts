// vifscope top: one interval after the other, the longest tails first, from the running service or by itself.
import type { Argv, CommandModule } from 'yargs';
import { type DaemonClient, findDaemon } from '../client/daemonClient.js';
import { ExitCode } from '../errors.js';
import { frameOf } from '../export/frame.js';
import { snapshotLine } from '../export/json.js';
import type { Snapshot } from '../measure/snapshot.js';
import { Measurement } from '../measurement.js';
import { catchInterrupts, pause } from '../terminal/interrupt.js';
import { isOutputClosed, print, progress, redrawn, terminalOf } from '../terminal/output.js';
import { requireMatch } from './requireMatch.js';
import { type RawTopOptions, readTopOptions, type TopOptions, withTopOptions } from './topOptions.js';

interface Raw extends RawTopOptions {
  exitCode?: ExitCode;
}

export const top: CommandModule<object, Raw> = {
  command: 'top',
  describe: 'show the longest tails now, interval by interval',
  builder: withTopOptions as unknown as (argv: Argv) => Argv<Raw>,
  handler: async (raw) => {
    raw.exitCode = await run(readTopOptions(raw), raw);
  },
};

/** Where intervals come from, one after the other. */
interface Source {
  /** The next interval; null where the signal aborted before its end. */
  next(signal: AbortSignal): Promise<Snapshot | null>;
  /** Devices that carried a packet so far, where it is known. */
  readonly seenNames: readonly string[];
  close(): void;
}

async function run(options: TopOptions, raw: Raw): Promise<ExitCode> {
  const { signal, release } = catchInterrupts();
  let source: Source | null = null;
  try {
    source = await open(options, raw);
    progress(`measuring; the first interval takes ${options.intervalSeconds} s, Ctrl-C ends it`);
    for (let shown = 0; shown !== options.count && !isOutputClosed(); shown++) {
      const interval = await source.next(signal);
      if (interval === null) break;
      if (shown === 0) requireMatch(raw.device, interval.accounting.length > 0, source.seenNames);
      await print(textOf(interval, options));
    }
    return ExitCode.ok;
  } finally {
    source?.close();
    release();
  }
}

/** The service follows packets at its own rate, if at all: who asks for another one measures by himself. */
async function open(options: TopOptions, raw: Raw): Promise<Source> {
  const daemon = raw.daemon && options.journeys === null ? await findDaemon(raw.socket) : null;
  return daemon ? askedSource(daemon, options, raw) : ownSource(options, raw);
}

const askedSource = (
  daemon: DaemonClient,
  { intervalSeconds: durationSeconds }: TopOptions,
  { device: include, exclude }: Raw,
): Source => ({
  next: async (signal) => {
    const taken = await daemon.snapshot({ durationSeconds, include, exclude, signal });
    return signal.aborted ? null : taken;
  },
  seenNames: [],
  close: () => {},
});

function ownSource({ intervalSeconds, journeys }: TopOptions, { device: include, exclude }: Raw): Source {
  const measurement = Measurement.start({ include, exclude, journeys });
  let dueMs = performance.now();
  return {
    next: async (signal) => {
      // Of the schedule, so that what the figures take makes no interval longer.
      dueMs = Math.max(dueMs, performance.now() - intervalSeconds * 1_000) + intervalSeconds * 1_000;
      await pause(Math.max(0, dueMs - performance.now()), signal);
      return signal.aborted ? null : measurement.split();
    },
    get seenNames() {
      return measurement.seenNames;
    },
    close: () => measurement.close(),
  };
}

/** On a terminal each interval takes the place of the one before. */
function textOf(interval: Snapshot, { isJson, order, percentiles }: TopOptions): string {
  if (isJson) return snapshotLine(interval);
  const terminal = terminalOf();
  const frame = frameOf(interval, { ...terminal, order, percentiles });
  return Number.isFinite(terminal.height) ? redrawn(frame) : `${frame}\n`;
}
