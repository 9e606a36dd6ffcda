// Why a packet waits in a tun's ring: its reader is stopped, sleeps, has no CPU, is busy with others, or has moved.
// Catches: a reader's time that is not that of this packet's wait, and a queue whose packets are not counted out again.
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPath } from '../../../src/bench/buildPath.js';
import type { ReportedPacket } from '../../../src/trace/report.js';
import { traceBlock } from '../../../src/trace/text.js';
import { kernelTest } from '../support/kernelTest.js';
import { pauseProcess } from '../support/pausing.js';
import { pinToCpu } from '../support/pinning.js';
import { buildSlowReader, putOnCpu, startHog } from './children.js';
import { openSender, startTracing, waitsIn, withCause } from './tracing.js';

const thresholdNs = 20_000_000;
const block = (packet: ReportedPacket | undefined): string =>
  packet ? traceBlock(packet, 1, false) : 'nothing';

kernelTest('a reader that is stopped: for how long it stood still', ['tun'], async (t, scope) => {
  const path = await buildPath('tun', scope);
  const send = openSender(path, scope);
  const { told } = await startTracing(path, send, thresholdNs, scope);
  const paused = pauseProcess(path.middlePid ?? 0, 200, scope);
  send(3);
  const pause = await paused;
  const packets = await told();
  t.log(block(packets[0]));
  const stopped = withCause(waitsIn(packets, 'ring'), 'stopped');
  t.is(stopped.length, 3);
  for (const { wait, cause, isMain } of stopped) {
    t.true(isMain, JSON.stringify(wait.causes));
    t.true(cause.explainedNs <= wait.waitNs && cause.explainedNs <= pause.atMostNs);
    t.true(cause.explainedNs >= pause.atLeastNs / 2, `${cause.explainedNs} of ${pause.atLeastNs} ns`);
    t.regex(cause.sentence, /its reader node\[\d+\] stood still for \d+ ms, stopped by a signal/);
  }
  // Its way goes on after the wait: written to the other device, and received there.
  const happenings = packets.map(({ steps }) => steps.map(({ happening }) => happening));
  t.deepEqual(happenings, Array(3).fill(['sent on', 'read from', 'written to', 'received on']));
});

kernelTest('a reader that sleeps over each packet: for how long it slept', ['tun'], async (t, scope) => {
  const path = await buildSlowReader(100_000, scope, 'asleep');
  const send = openSender(path, scope);
  const reading = { ...path, devices: path.devices.slice(0, 1) };
  const { told } = await startTracing(reading, send, thresholdNs, scope);
  // It sleeps over the first one while the second one waits.
  send(2);
  const packets = await told();
  t.log(block(packets[0]));
  const asleep = withCause(waitsIn(packets, 'ring'), 'asleep');
  t.true(asleep.length > 0, JSON.stringify(packets));
  for (const { wait, cause, isMain } of asleep) {
    t.true(isMain, JSON.stringify(wait.causes));
    t.true(cause.explainedNs <= wait.waitNs && cause.explainedNs >= wait.waitNs / 2, JSON.stringify(wait));
    t.regex(cause.sentence, /its reader node\[\d+\] slept \d+ ms before it was woken/);
  }
});

kernelTest('a reader whose CPU a real-time task has', ['tun', 'twoCpus', 'python3'], async (t, scope) => {
  const path = await buildPath('tun', scope);
  pinToCpu(0, scope);
  putOnCpu(path.middlePid ?? 0, 1);
  const send = openSender(path, scope);
  const { told } = await startTracing(path, send, thresholdNs, scope);
  const hog = await startHog(1, 400, scope);
  send(1);
  const sentNs = process.hrtime.bigint();
  const leastNs = Number((await hog.endedNs) - sentNs);
  const packets = await told();
  t.log(block(packets[0]));
  const [found, ...others] = withCause(waitsIn(packets, 'ring'), 'no_cpu');
  t.deepEqual(others, []);
  t.true(found?.isMain);
  // The kernel may lend ordinary tasks some of the time.
  t.true((found?.cause.explainedNs ?? 0) >= leastNs / 2, `${found?.cause.explainedNs} of ${leastNs} ns`);
  t.true((found?.cause.explainedNs ?? 0) <= (found?.wait.waitNs ?? 0));
  t.regex(found?.cause.sentence ?? '', /its reader node\[\d+\] waited \d+ ms for a CPU/);
});

kernelTest('a ring that is full: how many packets were ahead', ['tun', 'twoCpus'], async (t, scope) => {
  const path = await buildSlowReader(200, scope);
  pinToCpu(0, scope);
  putOnCpu(path.middlePid ?? 0, 1);
  const send = openSender(path, scope);
  const { told } = await startTracing(
    { ...path, devices: path.devices.slice(0, 1) },
    send,
    thresholdNs,
    scope,
  );
  send(600);
  for (let burst = 0; burst < 200; burst++) {
    await sleep(1);
    send(10);
  }
  const packets = await told();
  const waits = waitsIn(packets, 'ring');
  const behind = withCause(waits, 'queue');
  const full = behind.filter(({ cause }) => cause.sentence.startsWith('the ring was full'));
  t.log(block(packets.find(({ waits: [wait] }) => wait === full[0]?.wait)));
  t.true(full.length > 0, JSON.stringify(behind.at(-1)));
  for (const { wait, cause } of full) {
    const ahead = wait.aheadPackets ?? 0;
    t.true(ahead <= 500 && ahead >= 484, `${ahead} packets ahead`);
    t.true(cause.sentence.includes(`${ahead} packets were ahead of it in a ring of 500`), cause.sentence);
  }
  // Each of them took the reader 200 µs at least.
  for (const { wait } of behind) t.true(wait.waitNs >= ((wait.aheadPackets ?? 0) - 1) * 200_000);
});

kernelTest('a reader that is moved to another CPU', ['tun', 'twoCpus'], async (t, scope) => {
  const path = await buildPath('tun', scope);
  const reader = path.middlePid ?? 0;
  putOnCpu(reader, 0);
  const send = openSender(path, scope);
  const { told } = await startTracing(path, send, thresholdNs, scope);
  const paused = pauseProcess(reader, 50, scope);
  putOnCpu(reader, 1);
  send(1);
  await paused;
  const packets = await told();
  t.log(block(packets[0]));
  const [moved] = withCause(waitsIn(packets, 'ring'), 'moved_cpu');
  t.regex(moved?.cause.sentence ?? '', /its reader node\[\d+\] moved from CPU 0 to CPU 1/);
  t.false(moved?.isMain, 'standing still took longer');
});
