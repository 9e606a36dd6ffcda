// vifscope bench diagnose: what a run, or a host's own traffic, says of lost packets, CPU time and tails.
import type { Argv, CommandModule } from 'yargs';
import { Cleanup } from '../bench/cleanup.js';
import type { Evidence } from '../bench/diagnose/finding.js';
import { findingsOf, findingsText } from '../bench/diagnose/findings.js';
import { watchLive } from '../bench/diagnose/live.js';
import { evidenceOf } from '../bench/diagnose/ofResult.js';
import { readResult } from '../bench/report/directory.js';
import { ExitCode, VifscopeError } from '../errors.js';
import { parseDuration } from '../measure/duration.js';
import { catchInterrupts } from '../terminal/interrupt.js';
import { print, progress } from '../terminal/output.js';
import { requireMatch } from './requireMatch.js';
import { single } from './snapshotOptions.js';

interface Raw {
  readonly result: string | undefined;
  readonly live: boolean | undefined;
  readonly duration: string;
  readonly device: readonly string[];
  readonly json: boolean | undefined;
  exitCode?: ExitCode | number;
}

/** 128 + SIGINT, as shells report it. */
const interruptedExitCode = 130;

const builder = (argv: Argv) =>
  argv
    .positional('result', { type: 'string', describe: 'the directory of a run' })
    .option('live', { type: 'boolean', describe: "look at this host's own traffic instead" })
    .option('duration', {
      type: 'string',
      requiresArg: true,
      default: '10s',
      describe: 'with --live: so long it is measured, and then its slow packets traced',
    })
    .option('device', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: "with --live: only these devices: 'tap*', 'blue/veth0'",
    })
    .option('json', { type: 'boolean', describe: 'print JSON' });

export const benchDiagnose: CommandModule<object, Raw> = {
  command: 'diagnose [result]',
  describe: 'where packets were lost, who took the CPU time, where the slow ones waited',
  builder: builder as unknown as (argv: Argv) => Argv<Raw>,
  handler: async (raw) => {
    if ((raw.result === undefined) !== (raw.live ?? false)) throw eitherOr();
    if (raw.result !== undefined) await tell(evidenceOf(readResult(raw.result)), raw);
    else raw.exitCode = await diagnoseLive(raw);
  },
};

async function tell(evidence: readonly Evidence[], raw: Raw): Promise<void> {
  const findings = findingsOf(evidence);
  await print(raw.json ? `${JSON.stringify(findings)}\n` : findingsText(findings));
  raw.exitCode = ExitCode.ok;
}

async function diagnoseLive(raw: Raw): Promise<number> {
  const options = {
    include: raw.device,
    durationSeconds: parseDuration(single('--duration', raw.duration)),
  };
  const interruption = catchInterrupts();
  const scope = { cleanup: new Cleanup(), signal: interruption.signal, progress };
  try {
    const { evidence, devices, seenNames } = await watchLive(options, scope);
    requireMatch(options.include, devices > 0, seenNames);
    await tell([evidence], raw);
    return ExitCode.ok;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    return interruptedExitCode;
  } finally {
    await scope.cleanup.run();
    interruption.release();
  }
}

const eitherOr = (): VifscopeError =>
  new VifscopeError({
    code: 'USAGE',
    operation: 'diagnose',
    object: 'packets',
    reason: 'one of a directory and --live is needed, and not both',
    remedy: 'name the directory of a run, or look at live traffic with --live',
  });
