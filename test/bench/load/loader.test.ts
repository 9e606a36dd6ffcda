// Catches: packets of one load counted in the next, flows or sizes that never left, latency that begins anywhere but at
// the scheduled time or ends before the socket.
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPath } from '../../../src/bench/buildPath.js';
import { together } from '../../../src/bench/load/counts.js';
import { Loader } from '../../../src/bench/load/loader.js';
import { imix, oneSize } from '../../../src/bench/load/plan.js';
import { DatagramReceiver } from '../../../src/libbpf/datagrams.js';
import { inNetns } from '../../../src/libbpf/libc.js';
import { openRawSocket } from '../../../src/libbpf/sockets.js';
import { pauseProcess } from '../../kernel/support/pausing.js';
import { realTest } from '../realHost.js';

const load = { packetsPerSecond: 10_000, durationSeconds: 0.2, sizes: oneSize(64), flows: 1, burst: 1 };
const headerBytes = { ip: 20, ethernet: 14 };

realTest(
  'veth',
  'load after load over the same ends: each counts its own packets, by any method',
  async (t, scope) => {
    const path = await buildPath('veth', scope);
    const loader = await Loader.open(path, scope, true);
    for (const method of ['single', 'adaptive', 'batch', 'single', 'adaptive', 'batch'] as const)
      for (const flows of [1, 100]) {
        const { generator, sink } = await loader.run({ ...load, flows }, method);
        t.deepEqual(
          [generator.offered, generator.sent, sink.received, sink.missing],
          [2_000, 2_000, 2_000, 0],
        );
        t.deepEqual([sink.foreign, sink.early, sink.latency?.total], [0, 0, 2_000]);
        t.is(generator.lateness.total, 2_000);
        // A packet that left late has come late: latency contains lateness.
        const [latest, longest] = [generator.lateness.maxNs ?? 0, sink.latency?.maxNs ?? 0];
        t.true(method !== 'single' || longest >= latest, `${longest} ns, ${latest} ns late`);
        t.true((sink.latency?.minNs ?? 0) > 0);
      }
  },
);

realTest('veth', 'flows differ in their source port, and sizes come as the mix says', async (t, scope) => {
  const path = await buildPath('veth', scope);
  const raw = inNetns(path.sinkNetns, () => openRawSocket('udp', 64 * 1024 * 1024));
  scope.cleanup.add('close the raw socket', () => closeSync(raw));
  const receiver = new DatagramReceiver(raw, 1_024, 2_048);
  const loader = await Loader.open(path, scope);
  for (const method of ['single', 'batch'] as const) {
    const { generator } = await loader.run({ ...load, sizes: imix, flows: 250 }, method);
    const ports = new Map<number, number>();
    const frames = new Map<number, number>();
    let received = 0;
    const count = (counts: Map<number, number>, key: number) => counts.set(key, (counts.get(key) ?? 0) + 1);
    const take = (data: Buffer, offset: number, byteLength: number) => {
      count(ports, data.readUInt16BE(offset + headerBytes.ip));
      count(frames, byteLength + headerBytes.ethernet);
    };
    for (let turn = 0; turn < 1_000 && received < generator.sent; turn++) {
      const more = receiver.receive(take);
      received += more;
      if (more === 0) await sleep(1);
    }
    t.is(received, generator.sent);
    t.is(ports.size, 250);
    t.deepEqual(new Set(ports.values()), new Set([generator.sent / 250]));
    const shares = imix.map(
      ({ frameBytes, weight }) => (frames.get(frameBytes) ?? 0) / (generator.sent * (weight / 12)),
    );
    t.true(
      shares.every((share) => Math.abs(share - 1) < 0.02),
      `${shares.join(' ')}`,
    );
  }
});

realTest(
  'tun',
  'a forwarder that stands still for 100 ms: latency counts from when packets were to leave',
  async (t, scope) => {
    const path = await buildPath('tun', scope);
    const loader = await Loader.open(path, scope, true);
    const slow = { ...load, packetsPerSecond: 2_000, durationSeconds: 1 };
    const pausing = async () => {
      await sleep(300);
      return await pauseProcess(path.middlePid ?? t.fail(), 100, scope);
    };
    const [{ sink, generator }, pause] = await Promise.all([loader.run(slow), pausing()]);
    t.is(sink.missing, 0);
    const latency = together(sink.latency ? [sink.latency] : []);
    const [intervalNs, latestNs] = [1e9 / slow.packetsPerSecond, generator.latestMs * 1e6];
    t.true(
      (latency.maxNs ?? 0) >= pause.atLeastNs - 3 * intervalNs - latestNs,
      `${latency.maxNs} of ${pause.atLeastNs}`,
    );
    // As many packets were held up as fall into the pause: their mean is half of it.
    const heldNs = latency.sumNs;
    t.true(
      heldNs >=
        (((pause.atLeastNs / 1e9) * slow.packetsPerSecond - 2) * (pause.atLeastNs - 2 * intervalNs)) / 2 -
          latestNs * latency.total,
    );
  },
);
