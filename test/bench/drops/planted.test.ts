// Losses planted on real paths: each is found on its device, in its queue, and is as many as were sent and never came.
import { closeSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import { generatorPort } from '../../../src/bench/addresses.js';
import { buildPath } from '../../../src/bench/buildPath.js';
import { runCommand } from '../../../src/bench/command.js';
import { placeDrops } from '../../../src/bench/drops/placeDrops.js';
import { readPathCounters } from '../../../src/bench/drops/readCounters.js';
import { withReasons } from '../../../src/bench/drops/withReasons.js';
import { Generator, generatorInputOf } from '../../../src/bench/load/generator.js';
import { offerLoad } from '../../../src/bench/load/offerLoad.js';
import { oneSize } from '../../../src/bench/load/plan.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { PlacedDrop } from '../../../src/bench/result/schema.js';
import type { Scope } from '../../../src/bench/scope.js';
import { startMeasuring } from '../../../src/bench/startMeasuring.js';
import { DatagramReceiver } from '../../../src/libbpf/datagrams.js';
import { inNetns } from '../../../src/libbpf/libc.js';
import { bindSocket, openDatagramSocket, socketDropCount } from '../../../src/libbpf/sockets.js';
import type { DropLine } from '../../../src/measure/snapshot.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';
import { packetCounters, waitUntil } from '../realHost.js';

const load = { packetsPerSecond: 20_000, durationSeconds: 0.3, frameBytes: 64 };
const limitSeconds = 20;

const namesOf = ({ devices }: BuiltPath): string[] => devices.map(({ netns }) => netns);

/** What counters tell of a load, and what they and a measurement at the same time tell together. */
async function dropsOver(path: BuiltPath, offer: () => Promise<number>, scope: Scope) {
  const measurement = await startMeasuring([path], scope);
  const before = await readPathCounters(path.devices);
  const lost = await offer();
  const after = await readPathCounters(path.devices);
  await measurement.finish();
  const lines: readonly DropLine[] = measurement.snapshot().drops;
  const counted = placeDrops(before, after);
  return { lost, counted, told: withReasons(counted, lines, namesOf(path)) };
}

type Expected = Pick<PlacedDrop, 'netns' | 'device' | 'place'> & { readonly reasons: readonly string[] };

function checkDrops(
  t: ExecutionContext,
  { lost, counted, told }: Awaited<ReturnType<typeof dropsOver>>,
  expected: { readonly counted: Expected; readonly told: Expected },
): void {
  t.log(JSON.stringify({ lost, counted, told }));
  t.true(lost > 0, 'the load loses packets');
  for (const [drops, { reasons, ...where }] of [
    [counted, expected.counted],
    [told, expected.told],
  ] as const) {
    t.is(drops.length, 1, JSON.stringify(drops));
    t.like(drops[0], { ...where, count: lost });
    t.true(reasons.includes(drops[0]?.reason ?? ''));
  }
}

const loseOf =
  (path: BuiltPath, scope: Scope, frameBytes = load.frameBytes) =>
  async () =>
    (await offerLoad(path, { ...load, frameBytes }, scope)).sink.missing;

kernelTest('what a tbf drops that is too slow is in the qdisc of its device', ['tc'], async (t, scope) => {
  const path = await buildPath('veth', scope);
  const netns = path.generatorNetns;
  const bucket = ['rate', '2mbit', 'burst', '4kb', 'limit', '4kb'];
  const drops = await dropsOver(
    path,
    async () => {
      await runCommand('tc', ['-n', netns, 'qdisc', 'add', 'dev', 'veth0', 'root', 'tbf', ...bucket]);
      return loseOf(path, scope)();
    },
    scope,
  );
  const where = { netns, device: 'veth0', place: 'qdisc' } as const;
  checkDrops(t, drops, {
    counted: { ...where, reasons: ['tbf drops'] },
    told: { ...where, reasons: ['QDISC_DROP', 'QDISC_OVERLIMIT', 'tbf drops'] },
  });
});

kernelTest('what finds a tun ring full is in the ring of that tun', ['tun', 'tc'], async (t, scope) => {
  const path = await buildPath('tun', scope);
  const forwarder = path.middlePid ?? t.fail();
  const resume = scope.cleanup.add('let the forwarder go on', () => void process.kill(forwarder, 'SIGCONT'));
  const drops = await dropsOver(
    path,
    async () => {
      process.kill(forwarder, 'SIGSTOP');
      const offered = loseOf(path, scope)();
      const [tun] = path.devices;
      const isFull = () => tun !== undefined && packetCounters(tun).unsentPackets > 0;
      t.true(await waitUntil(isFull, limitSeconds));
      // What the ring holds still comes out, so that nothing but its drops is missing.
      await resume();
      return await offered;
    },
    scope,
  );
  const where = { netns: path.generatorNetns, device: 'tun0', place: 'ring' } as const;
  checkDrops(t, drops, {
    counted: { ...where, reasons: ['tx_dropped'] },
    told: { ...where, reasons: ['FULL_RING', 'tx_dropped'] },
  });
});

kernelTest('what finds a socket full is in the socket of its namespace', ['tc'], async (t, scope) => {
  const path = await buildPath('veth', scope);
  const port = path.sinkPort + 1;
  const socket = inNetns(path.sinkNetns, () => openDatagramSocket(4_096));
  scope.cleanup.add('close the socket', () => closeSync(socket));
  bindSocket(socket, path.sinkAddress, port);
  const receiver = new DatagramReceiver(socket, 1_024, 2_048);
  const input = { ...generatorInputOf(path), sourcePort: generatorPort + 1, sinkPort: port };
  const drops = await dropsOver(
    path,
    async () => {
      const generator = await Generator.start(input, scope);
      const { sent } = await generator.send({ ...load, sizes: oneSize(64), flows: 1, burst: 1 }, 1);
      await generator.stop();
      const received = receiver.receive(() => {});
      t.is(socketDropCount(socket), sent - received);
      return sent - received;
    },
    scope,
  );
  const where = { netns: path.sinkNetns, place: 'socket' } as const;
  checkDrops(t, drops, {
    counted: { ...where, device: null, reasons: ['Udp.RcvbufErrors'] },
    told: { ...where, device: 'veth1', reasons: ['SOCKET_RCVBUFF'] },
  });
});

kernelTest(
  'what is too long for the other end of a veth is refused by that end',
  ['tc'],
  async (t, scope) => {
    const path = await buildPath('veth', scope);
    const drops = await dropsOver(
      path,
      async () => {
        await runCommand('ip', ['-n', path.sinkNetns, 'link', 'set', 'veth1', 'mtu', '200']);
        return loseOf(path, scope, 512)();
      },
      scope,
    );
    const where = { netns: path.sinkNetns, device: 'veth1', place: 'driver' } as const;
    const reasons = ['rx_dropped'];
    checkDrops(t, drops, { counted: { ...where, reasons }, told: { ...where, reasons } });
  },
);

kernelTest('a path that loses nothing has no drops', ['tc'], async (t, scope) => {
  const path = await buildPath('veth', scope);
  const drops = await dropsOver(path, loseOf(path, scope), scope);
  t.deepEqual(drops, { lost: 0, counted: [], told: [] });
});
