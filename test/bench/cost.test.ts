// bench:cost on the real kernel: that it counts every packet and leaves nothing behind. No time is judged.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { CostFigures } from '../../src/bench/cost/figures.js';
import { tolerableForeignPercent } from '../../src/bench/cost/rounds.js';
import { netnsOf, realTest, waitUntil } from './realHost.js';

const main = fileURLToPath(new URL('../../src/bench/cost/main.js', import.meta.url));
const statisticsSwitch = () => readFileSync('/proc/sys/kernel/bpf_stats_enabled', 'latin1');

function start(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  return { child, ended, output: text(child.stdout), messages: text(child.stderr) };
}

realTest('veth', 'bench:cost counts a run of every program for every packet', async (t) => {
  const before = statisticsSwitch();
  const { child, ended, output, messages } = start('--rounds', '1', '--packets', '2000', '--json');
  const [status] = await ended;
  t.deepEqual([status, await messages], [0, '']);
  const figures = JSON.parse(await output) as CostFigures;
  t.is(figures.packets, 2000);
  t.is(figures.unmatchedPackets, 0);
  const inPath = figures.programs.filter((program) => program.isEgressToReceive);
  t.deepEqual(
    inPath.map((program) => program.hook),
    ['net_dev_queue', 'net_dev_start_xmit', 'net_dev_xmit', 'netif_receive_skb'],
  );
  // Tracepoints are the whole host's: with other traffic there are more runs than packets.
  const isQuiet = figures.foreignRunsPercent.max <= tolerableForeignPercent;
  t.true(inPath.every(({ runsAPacket }) => (isQuiet ? runsAPacket === 1 : runsAPacket >= 1)));
  t.deepEqual(
    inPath.filter((program) => program.backlogNs !== null).map((program) => program.hook),
    ['net_dev_start_xmit', 'netif_receive_skb'],
  );
  t.true(inPath.every((program) => program.othersNs !== null));
  t.is(statisticsSwitch(), before);
  t.deepEqual(netnsOf(child.pid ?? 0), []);
});

realTest('veth', 'an interrupt of bench:cost leaves nothing behind', async (t) => {
  const before = statisticsSwitch();
  const { child, ended, output, messages } = start('--rounds', '100');
  t.true(await waitUntil(() => netnsOf(child.pid ?? 0).length > 0, 20));
  child.kill('SIGINT');
  const [status] = await ended;
  t.deepEqual([status, await output], [130, '']);
  t.is(await messages, 'bench:cost: interrupted, everything removed\n');
  t.is(statisticsSwitch(), before);
  t.deepEqual(netnsOf(child.pid ?? 0), []);
});
