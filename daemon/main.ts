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
// A signal may come while the service starts: it is listened for before, and waits for a service to handle it.
const beginning = Promise.resolve().then(() => new Service(inheritance, journal));
const onSignal = (name: NodeJS.Signals, handle: (service: Service) => unknown) =>
  process.on(name, () => beginning.then(handle).catch(fail));
onSignal('SIGHUP', (service) => service.reload());
for (const name of ['SIGTERM', 'SIGINT'] as const)
  onSignal(name, async (service) => process.exit(await service.stop()));
try {
  await (await beginning).serve();
} catch (error) {
  fail(error);
}
