// The first stage of the service: attaches with the privileges that takes, gives them up, and goes on as the second.
import { chownSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf, VifscopeError } from '../src/errors.js';
import { dropReasonNamesIn } from '../src/host/dropReasons.js';
import { readPossibleCpus } from '../src/host/facts.js';
import { readKernelBtf } from '../src/host/kernelBtf.js';
import { requireKernelSupport } from '../src/host/requirements.js';
import { attachForHandover } from '../src/kernel/attachment.js';
import { followingRingBytes } from '../src/kernel/follower.js';
import { sizesFor } from '../src/kernel/sizes.js';
import { keepAtExec, replaceProcess } from '../src/libbpf/process.js';
import type { Config } from './config/config.js';
import { withInheritance } from './handover.js';
import { giveUpPrivileges, type Identity, identityOf } from './privileges.js';

const secondStage = fileURLToPath(new URL('./main.js', import.meta.url));
const engineOptions = [
  // A scrape leaves a MB of garbage: a small nursery collects it soon, where V8's usual one lets 48 MB pile up.
  '--max-semi-space-size=2',
  // What is called once in 15 s isn't to be forgotten in between, and compiled anew.
  '--no-flush-bytecode',
  // Nor is memory to be given back that the next scrape asks for again: the heap is 7 MB.
  '--no-memory-reducer',
  // Of so little, the main thread collects what there is before other threads have woken up to help.
  '--single-threaded-gc',
];
/** glibc gives each of Node's threads an arena of its own, whatever little they allocate: with one for all it is 4 MB less. */
const allocation = { MALLOC_ARENA_MAX: '1' };
/** Node sets close-on-exec on these too. */
const standardFds = [0, 1, 2];

/**
 * Starts the service in place of this process. Returns never.
 * @throws VifscopeError UNSUPPORTED_HOST, LIBRARY_MISSING, or USAGE for a user that there is not
 */
export function startService(config: Config, configPath: string | null): never {
  const identity = process.getuid?.() === 0 ? identityOf(config.user) : null;
  requireKernelSupport();
  const { shards, inFlightPackets } = config.limits;
  const eventBytes = config.journeys.every === null ? undefined : followingRingBytes;
  const limits = { shards: shards ?? undefined, inFlightPackets, eventBytes };
  const kernel = attachForHandover({ sizes: sizesFor(readPossibleCpus(), limits) });
  if (identity && config.control.socket !== null)
    makeRuntimeDirectory(dirname(config.control.socket), identity);
  for (const fd of [...standardFds, ...kernel.links, ...Object.values(kernel.maps)]) keepAtExec(fd);
  giveUpPrivileges(identity);
  const dropReasons = dropReasonNamesIn(readKernelBtf());
  const environment = withInheritance({ ...process.env, ...allocation }, { kernel, dropReasons, configPath });
  return replaceProcess(process.execPath, [...process.execArgv, ...engineOptions, secondStage], environment);
}

/** Under systemd the unit's RuntimeDirectory= is there already. */
function makeRuntimeDirectory(path: string, { uid, gid }: Identity): void {
  try {
    const first = mkdirSync(path, { recursive: true, mode: 0o750 });
    if (first === undefined) return;
    // Each of those that are new: the service has to get through them.
    for (let made = path; made.length >= first.length; made = dirname(made)) chownSync(made, uid, gid);
  } catch (error) {
    throw new VifscopeError({
      code: 'FAILED',
      operation: 'make the directory of the control socket',
      object: path,
      reason: reasonOf(error),
      remedy: 'name another place under control.socket, or make it yourself',
      cause: error,
    });
  }
}
