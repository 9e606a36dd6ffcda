// What the benchmark programs have in common: data on stdout, progress and errors on stderr, clean-up at every end.

import { ExitCode, VifscopeError } from '../errors.js';
import { catchInterrupts } from '../terminal/interrupt.js';
import { print, progress, survivesClosedOutput } from '../terminal/output.js';
import { Cleanup } from './cleanup.js';
import type { Scope } from './scope.js';

/** 128 + SIGINT, as shells report it. */
const interruptedExitCode = 130;

export interface Program<O> {
  readonly name: string;
  readonly usage: string;
  /** null where help is asked for. */
  readonly readOptions: (args: readonly string[]) => O | null;
  /** @returns the text to print */
  readonly run: (options: O, scope: Scope) => Promise<string>;
}

/** Runs the program and sets the exit code of this process. */
export async function runProgram<O>(program: Program<O>): Promise<void> {
  survivesClosedOutput();
  try {
    process.exitCode = await exitCodeOf(program);
  } catch (error) {
    if (!(error instanceof VifscopeError)) throw error;
    process.stderr.write(`${program.name}: ${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}

async function exitCodeOf<O>({ name, usage, readOptions, run }: Program<O>): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === null) {
    await print(usage);
    return ExitCode.ok;
  }
  const interruption = catchInterrupts();
  const scope: Scope = { cleanup: new Cleanup(), signal: interruption.signal, progress };
  try {
    await print(await run(options, scope));
    return ExitCode.ok;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.stderr.write(`${name}: interrupted, everything removed\n`);
    return interruptedExitCode;
  } finally {
    await scope.cleanup.run();
    interruption.release();
  }
}
