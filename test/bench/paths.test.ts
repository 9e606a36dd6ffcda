import { readFileSync } from 'node:fs';
import test from 'ava';
import { buildPath } from '../../src/bench/buildPath.js';
import { Loader } from '../../src/bench/load/loader.js';
import { offerLoad, primePath } from '../../src/bench/load/offerLoad.js';
import { oneSize } from '../../src/bench/load/plan.js';
import { type PathName, pathNames } from '../../src/bench/path.js';
import { readDeviceSettings } from '../../src/bench/surroundings/devices.js';
import { forwarders } from '../../src/bench/topologies/tun.js';
import { VifscopeError } from '../../src/errors.js';
import { childrenOf, isRunning, netnsOf, packetCounters, realTest, waitUntil } from './realHost.js';

const load = { packetsPerSecond: 10_000, durationSeconds: 0.2, frameBytes: 64 };
const middleCommand: Record<PathName, string | null> = {
  veth: null,
  bridge: null,
  tap: 'qemu-system-x86',
  tun: 'node',
};

for (const name of pathNames) {
  realTest(
    name,
    `the ${name} path carries packets from end to end, and leaves nothing behind`,
    async (t, scope) => {
      const path = await buildPath(name, scope);
      const { middlePid } = path;
      const command = middlePid && readFileSync(`/proc/${middlePid}/comm`, 'latin1').trim();
      t.is(command, middleCommand[name]);
      await primePath(path, scope);

      const [first, last] = [path.devices[0], path.devices.at(-1)];
      if (first === undefined || last === undefined) return t.fail('a path has two ends');
      const before = { first: packetCounters(first), last: packetCounters(last) };
      const { generator, sink } = await offerLoad(path, load, scope);
      const after = { first: packetCounters(first), last: packetCounters(last) };

      t.is(generator.offered, 2000);
      t.is(generator.sent + generator.refused, 2000);
      t.true(sink.received > 0);
      t.is(sink.received - sink.duplicated + sink.missing, generator.sent);
      t.deepEqual([sink.foreign, sink.socketDrops], [0, 0]);
      if (middlePid === null) t.deepEqual([sink.received, sink.reordered, sink.duplicated], [2000, 0, 0]);
      // The last device has seen these packets and no others, and nothing ever went the other way.
      t.is(after.last.receivedPackets - before.last.receivedPackets, sink.received);
      t.is(after.last.sentPackets, 0);
      t.is(after.first.receivedPackets, 0);
      t.is(path.middleFailure(), null);

      await scope.cleanup.run();
      t.deepEqual(netnsOf(process.pid), []);
      t.deepEqual(childrenOf(process.pid), []);
      t.true(middlePid === null || !isRunning(middlePid));
    },
  );

  realTest(
    name,
    `an interrupt while the ${name} path is built or loaded leaves nothing behind`,
    async (t, scope) => {
      const reason = new Error('interrupted');
      const long = { ...load, durationSeconds: 60 };
      const interrupted = async () => {
        const path = await buildPath(name, {
          ...scope,
          // Of the guest, the interrupt hits the boot; of the others, the load.
          progress: (text) =>
            text.startsWith('booting') && setImmediate(() => scope.controller.abort(reason)),
        });
        const offered = offerLoad(path, long, scope);
        await waitUntil(() => packetCounters(path.devices[0] ?? t.fail()).sentPackets > 0, 20);
        scope.controller.abort(reason);
        await offered;
      };
      t.is(await t.throwsAsync(interrupted()), reason);
      await scope.cleanup.run();
      t.deepEqual(netnsOf(process.pid), []);
      t.deepEqual(childrenOf(process.pid), []);
    },
  );
}

realTest(
  'tun',
  'a forwarder of others is given the names of the devices that it is to make',
  async (t, scope) => {
    const path = await buildPath('tun', scope, { forwarder: forwarders['socat'] ?? null });
    t.is(readFileSync(`/proc/${path.middlePid}/comm`, 'latin1').trim(), 'socat');
    const { generator, sink } = await offerLoad(path, load, scope);
    t.is(sink.received - sink.duplicated + sink.missing, generator.sent);
    t.true(sink.received > 0);
  },
);

realTest('tap', 'a guest with two queues carries several flows', async (t, scope) => {
  const path = await buildPath('tap', scope, { guestQueues: 2 });
  t.is(path.guest?.queues, 2);
  const settings = await readDeviceSettings(path.devices);
  t.is(settings['generator/tap0 transmit queues'], '2');
  t.is(settings['sink/tap1 receive queues'], '2');
  const loader = await Loader.open(path, scope);
  const flows = { packetsPerSecond: 500, durationSeconds: 1, sizes: oneSize(64), flows: 8, burst: 1 };
  const { generator, sink } = await loader.run(flows);
  t.is(sink.received - sink.duplicated + sink.missing, generator.sent);
  t.true(sink.received > 0.9 * generator.sent);
});

for (const [title, forwarder, reason] of [
  ['makes no device', 'sleep 60', /made no device tun0 within/],
  ['ends at once', 'false', /ended with status 1/],
  ['is not there', '/nonexistent/forwarder {in} {out}', /not found/],
] as const)
  realTest('tun', `a forwarder that ${title} is named as the cause`, async (t, scope) => {
    const error = await t.throwsAsync(buildPath('tun', scope, { forwarder }), { instanceOf: VifscopeError });
    t.regex(error?.message ?? '', reason);
    await scope.cleanup.run();
    t.deepEqual([netnsOf(process.pid), childrenOf(process.pid)], [[], []]);
  });

realTest('tun', 'a forwarder that dies under way is named as the cause', async (t, scope) => {
  const path = await buildPath('tun', scope);
  process.kill(path.middlePid ?? t.fail(), 'SIGKILL');
  await waitUntil(() => path.middleFailure() !== null, 5);
  const error = await t.throwsAsync(offerLoad(path, load, scope), { instanceOf: VifscopeError });
  t.regex(error?.message ?? '', /its forwarder has gone: killed by SIGKILL/);
});

realTest('veth', 'a second path of the same kind is refused with a reason', async (t, scope) => {
  await buildPath('veth', scope);
  const error = await t.throwsAsync(buildPath('veth', scope), { instanceOf: VifscopeError });
  t.regex(error?.message ?? '', /File exists/);
});

realTest('veth', 'impossible loads are refused before anything starts', async (t, scope) => {
  const path = await buildPath('veth', scope);
  const impossible = [
    { ...load, packetsPerSecond: 0 },
    { ...load, durationSeconds: Number.NaN },
    { ...load, frameBytes: 63 },
    { ...load, frameBytes: 1515 },
    { ...load, packetsPerSecond: 1e9, durationSeconds: 5 },
  ];
  for (const options of impossible) {
    const error = await t.throwsAsync(offerLoad(path, options, scope), { instanceOf: VifscopeError });
    t.is(error?.code, 'USAGE');
  }
});

test('without root, a path is refused with the remedy', async (t) => {
  if (process.geteuid?.() === 0) {
    t.pass();
    return;
  }
  const { Cleanup } = await import('../../src/bench/cleanup.js');
  const scope = { cleanup: new Cleanup(), signal: new AbortController().signal, progress: () => {} };
  const error = await t.throwsAsync(buildPath('veth', scope), { instanceOf: VifscopeError });
  t.is(error?.code, 'UNSUPPORTED_HOST');
});
