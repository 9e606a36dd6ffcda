// CPU time of loads over real paths: what softirqs took on top of the sender is theirs, what the forwarder took the path's.
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPath } from '../../../src/bench/buildPath.js';
import { runHasSoftirqsHere } from '../../../src/bench/cpu/irqAccounting.js';
import { startCpuMeter } from '../../../src/bench/cpu/meter.js';
import { splitOf } from '../../../src/bench/cpu/split.js';
import { timesBetween } from '../../../src/bench/cpu/times.js';
import { Loader } from '../../../src/bench/load/loader.js';
import { oneSize } from '../../../src/bench/load/plan.js';
import type { Load } from '../../../src/bench/result/schema.js';
import type { Scope } from '../../../src/bench/scope.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';
import { sum } from './readings.js';

const load = { packetsPerSecond: 20_000, durationSeconds: 0.5, sizes: oneSize(64), flows: 1, burst: 1 };
/** More than can be sent: softirqs take as much of the sender's time as they can. */
const flood = { ...load, packetsPerSecond: 1_000_000 };
const idleMs = 500;

/** What a load over a path takes, and what the same path takes with no load. */
async function meterLoad(name: 'veth' | 'tun', load: Load, scope: Scope) {
  const path = await buildPath(name, scope);
  const loader = await Loader.open(path, scope);
  // The ends compile what they run on the first load.
  await loader.run(load);
  const { generator: generatorPid, sink: sinkPid } = loader.pids;
  const pathPids = path.middlePid === null ? [] : [path.middlePid];
  const meter = startCpuMeter({ generatorPid, sinkPid, pathPids });
  scope.cleanup.add('detach', () => meter.close());
  const quiet = meter.read();
  await sleep(idleMs);
  const before = meter.read();
  const { generator, sink } = await loader.run(load);
  const after = meter.read();
  const waitingNs = generator.waitingSeconds * 1e9;
  const [idle, times] = [timesBetween(quiet, before), timesBetween(before, after)];
  const cost = splitOf(before, after, { delivered: sink.received, waitingNs }, idle);
  if (cost === null) throw new Error('nothing was delivered');
  return { idle, times, cost, generatorNs: generator.cpuSeconds * 1e9, sinkNs: sink.cpuSeconds * 1e9 };
}

kernelTest('packets over a veth are received in softirqs on top of the sender', [], async (t, scope) => {
  const { idle, times, cost, generatorNs, sinkNs } = await meterLoad('veth', flood, scope);
  t.log(JSON.stringify({ idle, times, cost, generatorNs, sinkNs }));
  const { NET_RX: all = 0 } = times.softirqs;
  const idleShare = (idle.softirqs.NET_RX ?? 0) / idle.elapsedNs;
  t.true(all / times.elapsedNs > 5 * idleShare, 'they come with the load');
  t.true((times.contexts.generator.NET_RX ?? 0) >= 0.8 * all, 'they run on the sender');
  // What a process says of itself has the softirqs in it that ran on it, unless the kernel keeps them apart.
  const toldOf = (part: 'generator' | 'sink') =>
    times.parts[part] + (runHasSoftirqsHere() ? sum(times.contexts[part]) : 0);
  const [generatorShare, sinkShare] = [toldOf('generator') / generatorNs, toldOf('sink') / sinkNs];
  t.log({ generatorShare, sinkShare, softirqShare: sum(times.contexts.generator) / generatorNs });
  t.true(generatorShare >= 0.98 && generatorShare <= 1.08, `${generatorShare}`);
  t.true(sinkShare >= 0.98, `${sinkShare}`);
  t.is(times.parts.path, 0);
  t.deepEqual(cost.threads, {});
  t.true(Math.abs(sum(cost.parts) - cost.total) <= 1e-6 * Math.abs(cost.total));
});

kernelTest('a forwarder is the path, and nothing sent costs nothing', ['tun'], async (t, scope) => {
  const { idle, times, cost, generatorNs } = await meterLoad('tun', load, scope);
  t.log(JSON.stringify({ idle, times, cost }));
  t.true(times.parts.path > 0.02 * generatorNs, 'it carries packets');
  t.true(Math.abs(sum(times.threads) - times.parts.path) <= 1e-6 * times.parts.path);
  t.true(cost.parts.path > 0 && cost.total > 0);
  // Against the whole of one CPU.
  for (const part of ['generator', 'sink', 'path'] as const)
    t.true(idle.parts[part] < 0.05 * idle.elapsedNs, `${part}: ${idle.parts[part]} ns of ${idle.elapsedNs}`);
  t.true((idle.softirqs.NET_RX ?? 0) < 0.01 * idle.elapsedNs);
});
