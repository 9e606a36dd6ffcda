// The tun path with a forwarder that takes its time: tun0 → slowForwarder.ts → tun1.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../../src/bench/command.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { startTied } from '../../../src/bench/tiedProcess.js';
import { configureEnds, makeEnds } from '../../../src/bench/topologies/ends.js';

const program = fileURLToPath(new URL('./slowForwarder.js', import.meta.url));

export interface Residences {
  readonly packets: number;
  readonly meanUs: number;
  /** The forwarder takes a packet every so often, whatever it holds. */
  readonly intervalUs: number;
}

/** How long the forwarder had each packet by its own clock, in order of arrival: not less and not more than. */
export interface Held {
  readonly leastNs: readonly number[];
  readonly mostNs: readonly number[];
}

export interface SlowPath {
  readonly path: BuiltPath;
  /** Lets it forward what is in the ring by now, which is to be all. */
  forward(): Promise<Held>;
}

export async function buildSlowTun(residences: Residences, scope: Scope): Promise<SlowPath> {
  const { packets, meanUs, intervalUs } = residences;
  const ends = await makeEnds('tun', scope);
  const args = [ends.generatorNetns, ends.sinkNetns, ...[packets, meanUs, intervalUs].map(String)];
  // So that others on this host keep it from its CPU for less of the time.
  const command = ['nice', '-n', '-20', process.execPath, program, ...args];
  const { child, ended, pid, howEnded } = startTied(
    'slow forwarder',
    command,
    ['pipe', 'pipe', 'pipe'],
    scope,
  );
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('the slow forwarder has no input or output');
  const lines = createInterface({ input: stdout });
  const failed = ended.then((how) => Promise.reject(new Error(`the slow forwarder ${how}`)));
  failed.catch(() => {});
  const line = () => Promise.race([once(lines, 'line').then(([text]) => String(text)), failed]);
  await line();
  const built = await configureEnds(ends, { generator: 'tun0', sink: 'tun1' }, null, scope);
  // All packets wait there at once.
  const length = ['txqueuelen', String(2 * packets)];
  await runCommand('ip', ['-n', ends.generatorNetns, 'link', 'set', 'tun0', ...length]);
  const forward = async () => {
    const told = line();
    stdin.write('\n');
    return JSON.parse(await told) as Held;
  };
  return { path: { ...built, middlePid: pid, middleFailure: howEnded }, forward };
}
