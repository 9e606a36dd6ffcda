// vifscope trace: prints packets that waited for long, as they come, with their way and the cause.
import type { Argv, CommandModule } from 'yargs';
import { ExitCode } from '../errors.js';
import { countText } from '../export/latencyText.js';
import { printable } from '../export/printable.js';
import { catchInterrupts, pause } from '../terminal/interrupt.js';
import { isOutputClosed, print, progress, terminalOf } from '../terminal/output.js';
import { traceBlock, traceJson } from '../trace/text.js';
import { Tracer, tracePollMs } from '../tracer.js';
import { requireMatch } from './requireMatch.js';
import { deviceOption } from './sourceOptions.js';
import { type RawTraceOptions, readTraceOptions, type TraceCommandOptions } from './traceOptions.js';

interface Raw extends RawTraceOptions {
  exitCode?: ExitCode;
}

const builder = (argv: Argv) =>
  argv
    .option('slower-than', {
      type: 'string',
      requiresArg: true,
      describe: "waits longer than this: 200us, 5ms; without it, than the segment's running p99.9",
    })
    .option('device', deviceOption)
    .option('count', { type: 'string', requiresArg: true, describe: 'end after so many packets' })
    .option('duration', {
      type: 'string',
      requiresArg: true,
      describe: 'end after so long: 5, 500ms, 2m; without it, Ctrl-C ends it',
    })
    .option('json', { type: 'boolean', describe: 'print JSON, one object a line' });

export const trace: CommandModule<object, Raw> = {
  command: 'trace',
  describe: 'print slow packets as they come: their way, and why they were slow',
  builder: builder as unknown as (argv: Argv) => Argv<Raw>,
  handler: async (raw) => {
    raw.exitCode = await run(readTraceOptions(raw));
  },
};

async function run(options: TraceCommandOptions): Promise<ExitCode> {
  const interruption = catchInterrupts();
  const tracer = new Tracer(options);
  try {
    progress(startText(options));
    const printed = await follow(tracer, options, interruption.signal);
    requireMatch(options.include, tracer.devices.length > 0, tracer.seenNames);
    process.stderr.write(endText(tracer, printed));
    return ExitCode.ok;
  } finally {
    tracer.close();
    interruption.release();
  }
}

/** @returns packets printed */
async function follow(
  tracer: Tracer,
  { count, durationSeconds, isJson }: TraceCommandOptions,
  signal: AbortSignal,
): Promise<number> {
  const { color } = terminalOf();
  const endMs = performance.now() + (durationSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
  for (let printed = 0; ; ) {
    const isLast = signal.aborted || performance.now() >= endMs || isOutputClosed();
    for (const packet of tracer.poll(isLast)) {
      await print(isJson ? traceJson(packet, tracer.every) : traceBlock(packet, tracer.every, color));
      printed += 1;
      if (printed === count) return printed;
    }
    if (isLast) return printed;
    await pause(tracePollMs, signal);
  }
}

const startText = ({ slowerThanText }: TraceCommandOptions): string =>
  `tracing packets that wait longer than ${slowerThanText ?? "their segment's running p99.9"}; Ctrl-C ends it`;

function endText(tracer: Tracer, printed: number): string {
  const { seen, turnedAway, lost } = tracer.summary;
  const devices = [...turnedAway].map(([name, waits]) => `${printable(name)} ${countText(waits)}`);
  const away = [...turnedAway.values()].reduce((sum, waits) => sum + waits, 0);
  return `${[
    `${countText(seen)} slow waits seen, ${countText(printed)} packets printed`,
    `${countText(away)} turned away by the limit${devices.length > 0 ? ` (${devices.join(', ')})` : ''}`,
    ...(lost > 0 ? [`${countText(lost)} lost for want of room`] : []),
    `one packet in ${countText(tracer.every)} followed from device to device`,
  ].join('; ')}\n`;
}
