// The second stage of the service: the same process as the first, without its privileges. Runs until told to end.
import { ExitCode, reasonOf, VifscopeError } from '../src/errors.js';
import { takeInheritance } from './handover.js';
import { journalOf } from './journal.js';
import { Service } from './service.js';

const journal = journalOf(process.env, (line) => process.stderr.write(line));

/** What no one has caught: the service can't be trusted any more, and systemd starts a new one. */
function fail(error: unknown): never {
  journal('error', error instanceof VifscopeError ? error.message : `failed: ${reasonOf(error)}`);
  process.exit(error instanceof VifscopeError ? error.exitCode : ExitCode.failed);
}

process.on('uncaughtException', fail);
const inheritance = takeInheritance(process.env);
if (inheritance === null)
  fail(new Error('this is the second stage of "vifscope daemon", started by it alone'));
try {
  const service = await Service.start(inheritance, journal);
  process.on('SIGHUP', () => service.reload());
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      service.stop().then((exitCode) => process.exit(exitCode), fail);
    });
} catch (error) {
  fail(error);
}
