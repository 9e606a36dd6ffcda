#!/usr/bin/env node
// The command line: one file a command, and the one place where errors become text and exit codes.
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { ExitCode, VifscopeError } from '../errors.js';
import { ownVersion } from '../host/facts.js';
import { survivesClosedOutput } from '../terminal/output.js';
import { bench } from './bench.js';
import { daemon } from './daemon.js';
import { demo } from './demo.js';
import { doctor } from './doctor.js';
import { overhead } from './overhead.js';
import { snapshot } from './snapshot.js';
import { top } from './top.js';
import { trace } from './trace.js';

/** What yargs itself refuses: an unknown command or option, a missing value. */
class UsageError extends Error {}

function report(error: unknown): ExitCode {
  if (error instanceof VifscopeError) {
    process.stderr.write(`vifscope: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof UsageError) {
    process.stderr.write(`vifscope: ${error.message}; see vifscope --help\n`);
    return ExitCode.usage;
  }
  // A defect of ours: here the stack trace is what a report needs.
  process.stderr.write(`vifscope: internal error\n${error instanceof Error ? error.stack : String(error)}\n`);
  return ExitCode.failed;
}

survivesClosedOutput();
try {
  const arguments_ = await yargs(hideBin(process.argv))
    .scriptName('vifscope')
    .usage('$0 <command>\n\nWhere packets wait on veth, tap and tun interfaces, and how long the tail is.')
    .command(snapshot)
    .command(top)
    .command(trace)
    .command(doctor)
    .command(demo)
    .command(bench)
    .command(overhead)
    .command(daemon)
    .demandCommand(1, 1, 'no command given')
    .strict()
    .version(ownVersion())
    .exitProcess(false)
    .fail((message, error) => {
      // Of its own refusals, yargs hands some over as a YError and others as a text alone.
      throw error && error.name !== 'YError' ? error : new UsageError(error?.message ?? message);
    })
    .parseAsync();
  const { exitCode } = arguments_ as { exitCode?: ExitCode };
  if (exitCode !== undefined) process.exitCode = exitCode;
} catch (error) {
  process.exitCode = report(error);
}
