// TCP over a forwarder that loses segments: what is sent again has the content of what was lost. The forwarder tells
// which contents it had once, and how long it ever had a packet. Catches: a leg from the lost packet's read to the
// write of the one that took its place, and legs of repeated acknowledgements.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { addressesOf } from '../../../src/bench/addresses.js';
import { runCommand } from '../../../src/bench/command.js';
import type { Scope } from '../../../src/bench/scope.js';
import { startTied } from '../../../src/bench/tiedProcess.js';
import { configureEnds, makeEnds } from '../../../src/bench/topologies/ends.js';
import { within } from '../../../src/bench/within.js';
import { kernelTest } from '../support/kernelTest.js';
import { follow, legsOf } from './following.js';
import { openNumberedFlow } from './numberedFlow.js';

const forwarderProgram = fileURLToPath(new URL('./lossyForwarder.js', import.meta.url));
const bulkProgram = fileURLToPath(new URL('../support/tcpBulk.js', import.meta.url));
const port = '9009';
const bytes = 2_000_000;
const limitSeconds = 30;
/** This host's tracepoints may pass over a few packets; none of those is a sample. */
const leastFollowed = 0.95;

interface Told {
  readonly readOnce: number;
  readonly readAgain: number;
  readonly dropped: number;
  readonly mostNs: number;
}

async function buildLossy(scope: Scope) {
  const ends = await makeEnds('tun', scope);
  const command = [process.execPath, forwarderProgram, ends.generatorNetns, ends.sinkNetns];
  const { child, ended } = startTied('lossy forwarder', command, ['pipe', 'pipe', 'pipe'], scope);
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('the lossy forwarder has no input or output');
  const lines = createInterface({ input: stdout });
  const failed = ended.then((how) => Promise.reject(new Error(`the lossy forwarder ${how}`)));
  failed.catch(() => {});
  const line = () => Promise.race([once(lines, 'line').then(([said]) => String(said)), failed]);
  await line();
  const path = await configureEnds(ends, { generator: 'tun0', sink: 'tun1' }, null, scope);
  const wayBack = ['route', 'add', `${addressesOf('tun').generator}/32`, 'dev', 'tun1'];
  await runCommand('ip', ['-n', ends.sinkNetns, ...wayBack]);
  const ask = async () => {
    const told = line();
    stdin.write('\n');
    return JSON.parse(await told) as Told;
  };
  return { path, ask };
}

async function sendBulk(path: Awaited<ReturnType<typeof buildLossy>>['path'], scope: Scope): Promise<number> {
  const run = (netns: string, name: string, ...args: string[]) => {
    const command = ['ip', 'netns', 'exec', netns, process.execPath, bulkProgram, ...args];
    return startTied(name, command, ['ignore', 'pipe', 'pipe'], scope).child;
  };
  const { stdout } = run(path.sinkNetns, 'TCP sink', 'sink', port);
  if (stdout === null) throw new Error('the TCP sink has no output');
  const onLimit = () => new Error('the TCP transfer took too long');
  await within(once(stdout, 'readable'), { limitSeconds, onLimit, signal: scope.signal });
  run(path.generatorNetns, 'TCP source', 'source', port, path.sinkAddress, String(bytes));
  const said = await within(text(stdout), { limitSeconds, onLimit, signal: scope.signal });
  return Number(said.trim().split('\n').at(-1));
}

kernelTest('what TCP sends again makes no false leg', ['tun'], async (t, scope) => {
  const { path, ask } = await buildLossy(scope);
  // Longer than TCP waits before it sends again, so that both copies are of one journey.
  const measurement = await follow(path, openNumberedFlow(path, scope), { quietMs: 2_000 }, scope);
  t.is(await sendBulk(path, scope), bytes);
  await measurement.finish();
  const { readOnce, readAgain, dropped, mostNs } = await ask();
  const snapshot = measurement.snapshot();
  const legs = legsOf(snapshot, 'forwarder');
  t.log(`read once ${readOnce}, again ${readAgain}, lost ${dropped}, had for ${mostNs} ns at most`);
  t.log(
    JSON.stringify(snapshot.journeys),
    ...legs.map(({ from, to, count, maxNs }) => `${from} → ${to}: ${count}, ${maxNs} ns`),
  );
  t.true(dropped > 20 && readAgain >= dropped);
  const followed = legs.reduce((sum, { count }) => sum + count, 0);
  t.true(followed <= readOnce && followed >= leastFollowed * readOnce, `${followed} legs`);
  for (const { maxNs } of legs) t.true((maxNs ?? 0) <= mostNs, `${maxNs} ns`);
  const { ambiguous = 0 } = snapshot.journeys ?? {};
  t.true(ambiguous >= leastFollowed * readAgain, `${ambiguous} ambiguous`);
});
