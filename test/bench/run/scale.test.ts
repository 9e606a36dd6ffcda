// A path that grows: each pair carries its share, and each step's figures are in the result.
// Catches: a pair that no packet takes, packets that the sink doesn't listen for, a step that stops the others.

import test from 'ava';
import { buildPath } from '../../../src/bench/buildPath.js';
import { endlessPacketsPerSecond } from '../../../src/bench/load/ceiling.js';
import { Loader } from '../../../src/bench/load/loader.js';
import { oneSize } from '../../../src/bench/load/plan.js';
import type { ScaleStep } from '../../../src/bench/result/schema.js';
import type { BenchPlan } from '../../../src/bench/run/plan.js';
import { runScale, stepsOf } from '../../../src/bench/run/scale.js';
import { packetCounters, realTest } from '../realHost.js';
import { planOver } from './planning.js';

const plan = planOver('veth', {
  load: { packetsPerSecond: 2_000, durationSeconds: 1, sizes: oneSize(64), flows: 1, burst: 1 },
  repeats: 1,
  hasScale: true,
});

test('each path grows by what is its own, and one of others does not', (t) => {
  const told = (of: BenchPlan) => stepsOf(of).map(({ path, over, number }) => `${path} ${over} ${number}`);
  const pinning = { generator: [3], others: [0, 1] };
  t.deepEqual(told({ ...plan, paths: ['bridge'] }), []);
  t.deepEqual(told({ ...plan, paths: ['tap'], pinning }), ['tap queues 1', 'tap queues 2', 'tap queues 3']);
  const runningGuest = { netns: 'host', tap: 'tap0', address: '192.0.2.1' };
  t.deepEqual(told({ ...plan, paths: ['tap'], runningGuest }), []);
});

for (const method of ['adaptive', 'batch'] as const)
  realTest(
    'veth',
    `four pairs carry a fourth of the packets each, sent by the ${method} method`,
    async (t, scope) => {
      const path = await buildPath('veth', scope, { pairs: 4 });
      const loader = await Loader.open(path, scope, true);
      const load = { ...plan.load, packetsPerSecond: 20_000, flows: 16, durationSeconds: 0.5 };
      const { generator, sink } = await loader.run(load, method);
      t.is(sink.received, generator.sent);
      t.is(sink.latency?.total, generator.sent);
      const sent = path.devices
        .filter(({ role }) => role === 'generator')
        .map((device) => packetCounters(device).sentPackets);
      t.is(sent.length, 4);
      t.is(
        sent.reduce((sum, packets) => sum + packets, 0),
        generator.sent,
      );
      // Packets that go together go one way: by batches all that is due, by adaptive calls what a pause made late.
      const fourth = load.packetsPerSecond / 8;
      t.true(
        sent.every((packets) => (method === 'adaptive' ? Math.abs(packets / fourth - 1) < 0.2 : packets > 0)),
        `${sent}`,
      );
    },
  );

// Else a ceiling of single calls would be one of many a call.
realTest('veth', 'however late they are, single calls take one packet each', async (t, scope) => {
  const path = await buildPath('veth', scope, { pairs: 4 });
  const loader = await Loader.open(path, scope);
  const load = { ...plan.load, packetsPerSecond: endlessPacketsPerSecond, flows: 1, durationSeconds: 0.05 };
  const { generator } = await loader.run(load, 'single');
  const sent = path.devices
    .filter(({ role }) => role === 'generator')
    .map((device) => packetCounters(device).sentPackets);
  t.true(generator.sent > 1_000 && generator.late > generator.sent / 2);
  t.true(Math.max(...sent) - Math.min(...sent) <= 1, `${sent}`);
});

realTest('veth', 'every step has its figures, and is told as it is done', async (t, scope) => {
  const chosen = stepsOf(plan).filter(({ over, number }) =>
    over === 'flows' ? number === 10_000 : number === 2,
  );
  const told: (readonly ScaleStep[])[] = [];
  await runScale(chosen, 1e6, scope, (done) => told.push(done));
  t.deepEqual(
    told.map((steps) => steps.map(({ over, number }) => `${over} ${number}`)),
    [['flows 10000'], ['flows 10000', 'pairs 2']],
  );
  for (const { over, reason, cpuNs, endToEnd, noDropPacketsPerSecond } of told.at(-1) ?? []) {
    t.is(reason, null, over);
    t.is(endToEnd?.count, 2_000);
    t.true((cpuNs?.median ?? 0) > 0, JSON.stringify(cpuNs));
    t.is(noDropPacketsPerSecond, null);
  }
});
