// bench:peers on the real kernel: everyone has its figures or its reason, and nothing stays. No time is judged.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { PeersReport } from '../../../src/bench/peers/figures.js';
import { observerNames } from '../../../src/bench/peers/observers.js';
import { childrenOf, isRunning, netnsOf, realTest, waitUntil } from '../realHost.js';

const main = fileURLToPath(new URL('../../../src/bench/peers/main.js', import.meta.url));
/** Programs of our own, which run wherever vifscope does. */
const own = ['empty', 'clock', 'backlog', 'vifscope', 'hash', 'ring'] as const;

function start(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  return { child, ended, output: text(child.stdout), messages: text(child.stderr) };
}

realTest('veth', 'bench:peers has every observer in its table, or says why not', async (t) => {
  const { child, ended, output, messages } = start('--rounds', '1', '--packets', '2000', '--json');
  const [status] = await ended;
  t.deepEqual([status, await messages], [0, '']);
  const { peers, absent } = JSON.parse(await output) as PeersReport;
  t.deepEqual([...peers, ...absent].map(({ name }) => name).toSorted(), observerNames.toSorted());
  for (const name of own) {
    const figures = peers.find((one) => one.name === name);
    t.not(figures?.programNs, null, name);
    t.not(figures?.ceilingShare, null, name);
  }
  t.true(absent.every(({ reason }) => reason.length > 0));
  t.deepEqual(netnsOf(child.pid ?? 0), []);
});

realTest('veth', 'an interrupt of bench:peers leaves nothing behind', async (t) => {
  const { child, ended, output, messages } = start('--rounds', '100');
  t.true(
    await waitUntil(() => netnsOf(child.pid ?? 0).length > 0 && childrenOf(child.pid ?? 0).length > 4, 30),
  );
  const children = childrenOf(child.pid ?? 0);
  child.kill('SIGINT');
  const [status] = await ended;
  t.deepEqual([status, await output], [130, '']);
  t.is(await messages, 'bench:peers: interrupted, everything removed\n');
  t.deepEqual(netnsOf(child.pid ?? 0), []);
  t.deepEqual(children.filter(isRunning), []);
});
