// GRO on a veth peer: packets go through NAPI, and most of a TCP flow merge and never reach netif_receive_skb.
// Catches: an end that waits for netif_receive_skb alone (nine of ten packets would stay in the table), or that
// counts those which reach it a second time.
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { addressesOf } from '../../../src/bench/addresses.js';
import { buildPath } from '../../../src/bench/buildPath.js';
import { runCommand } from '../../../src/bench/command.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { startMeasuring } from '../../../src/bench/startMeasuring.js';
import { startTied } from '../../../src/bench/tiedProcess.js';
import { within } from '../../../src/bench/within.js';
import { packetCounters } from '../../bench/realHost.js';
import { kernelTest } from '../support/kernelTest.js';
import { accountsOf, assertBalanced, assertOrdinary } from '../support/lines.js';

const program = fileURLToPath(new URL('../support/tcpBulk.js', import.meta.url));
const port = '9008';
const bytes = 50_000_000;
const limitSeconds = 20;

/** The paths lead one way only: acknowledgements need a way back. */
async function addWayBack({ sinkNetns }: BuiltPath): Promise<void> {
  const { generator, generatorMac } = addressesOf('veth');
  await runCommand('ip', ['-n', sinkNetns, 'route', 'add', `${generator}/32`, 'dev', 'veth1']);
  const entry = [generator, 'lladdr', generatorMac, 'dev', 'veth1', 'nud', 'permanent'];
  await runCommand('ip', ['-n', sinkNetns, 'neighbour', 'add', ...entry]);
}

async function sendBulk(
  { generatorNetns, sinkNetns, sinkAddress }: BuiltPath,
  scope: Scope,
): Promise<number> {
  const run = (netns: string, name: string, ...args: string[]) => {
    const command = ['ip', 'netns', 'exec', netns, process.execPath, program, ...args];
    return startTied(name, command, ['ignore', 'pipe', 'pipe'], scope).child;
  };
  const { stdout } = run(sinkNetns, 'TCP sink', 'sink', port);
  if (stdout === null) throw new Error('the TCP sink has no output');
  const onLimit = () => new Error('the TCP transfer took too long');
  await within(once(stdout, 'readable'), { limitSeconds, onLimit, signal: scope.signal });
  run(generatorNetns, 'TCP source', 'source', port, sinkAddress, String(bytes));
  const said = await within(text(stdout), { limitSeconds, onLimit, signal: scope.signal });
  return Number(said.trim().split('\n').at(-1));
}

for (const segmentation of ['on', 'off'])
  kernelTest(
    `every skb is matched with GRO on veth1, segmentation offload ${segmentation}`,
    ['ethtool'],
    async (t, scope) => {
      const path = await buildPath('veth', scope);
      await addWayBack(path);
      await runCommand('ip', ['netns', 'exec', path.sinkNetns, 'ethtool', '-K', 'veth1', 'gro', 'on']);
      const features = ['tso', segmentation, 'gso', segmentation];
      await runCommand('ip', ['netns', 'exec', path.generatorNetns, 'ethtool', '-K', 'veth0', ...features]);
      const measurement = await startMeasuring([path], scope);
      t.is(await sendBulk(path, scope), bytes);
      await measurement.finish();
      const snapshot = measurement.snapshot();
      for (const line of snapshot.accounting) t.log(JSON.stringify({ ...line, netns: '' }));

      assertBalanced(t, snapshot);
      for (const device of ['veth0', 'veth1']) assertOrdinary(t, accountsOf(snapshot, device, 'backlog'));
      const { started, matched, dropped } = accountsOf(snapshot, 'veth1', 'backlog');
      // On a busy host the receiver's ring overflows.
      const { unsentPackets } = packetCounters({ netns: path.generatorNetns, device: 'veth0' });
      t.is(dropped, unsentPackets);
      t.is(matched, started - dropped);
      if (segmentation === 'off') t.true(matched > bytes / 1_500, `${matched} packets`);
    },
  );
