// Why a packet waits in a veth's backlog: another CPU receives it, or its softirq is left to ksoftirqd.
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPath } from '../../../src/bench/buildPath.js';
import type { Scope } from '../../../src/bench/scope.js';
import type { ReportedPacket, ReportedWait } from '../../../src/trace/report.js';
import { traceBlock } from '../../../src/trace/text.js';
import { sender } from '../devices/flow.js';
import { Ground, ipBatch } from '../devices/ground.js';
import { kernelTest } from '../support/kernelTest.js';
import { pinToCpu } from '../support/pinning.js';
import { spreadReceive } from '../support/receiveSteering.js';
import { setSysctl } from '../support/sysctl.js';
import { startHog } from './children.js';
import { openSender, startTracing, waitsIn, withCause } from './tracing.js';

const secondCpu = 0b10;

function block(packets: readonly ReportedPacket[], of: ReportedWait | undefined): string {
  const found = packets.find(({ waits }) => waits.some((wait) => wait === of));
  return found ? traceBlock(found, 1, false) : 'nothing';
}

kernelTest('a packet that another CPU receives', ['twoCpus'], async (t, scope) => {
  const path = await buildPath('veth', scope);
  spreadReceive(path.sinkNetns, 'veth1', secondCpu);
  pinToCpu(0, scope);
  const send = openSender(path, scope);
  const { told } = await startTracing(path, send, 1, scope);
  send(5);
  const packets = await told();
  const waits = waitsIn(packets, 'backlog');
  t.is(waits.length, 5);
  t.log(block(packets, waits[0]));
  const moved = withCause(waits, 'moved_cpu');
  t.is(moved.length, 5);
  for (const { wait, cause } of moved) {
    t.deepEqual([wait.startCpu, wait.endCpu], [0, 1]);
    t.is(cause.sentence, 'it moved from CPU 0 to CPU 1');
  }
});

/** One packet a turn: after ten turns a softirq is left to ksoftirqd. */
async function shortenTurns(scope: Scope): Promise<void> {
  await setSysctl('net/core/netdev_budget', '1', scope);
  await setSysctl('net/core/dev_weight', '1', scope);
}

/** More than a softirq takes in its ten turns. */
const ports = 24;
const attempts = 4;

/** A bridge that sends each packet to all of its ports, as it does where it doesn't know the address. */
async function buildFlooding(ground: Ground) {
  const [left, right] = [await ground.netns(), await ground.netns()];
  const numbers = Array.from({ length: ports }, (_, port) => port);
  await ipBatch(left, [
    'link add br0 type bridge mcast_snooping 0',
    ...numbers.flatMap((port) => [
      `link add p${port} type veth peer name q${port} netns ${right}`,
      `link set p${port} master br0 up`,
    ]),
    'link set br0 up',
    'address add 198.18.0.1/24 dev br0',
    'neighbour add 198.18.0.2 lladdr 02:76:69:66:00:02 dev br0 nud permanent',
  ]);
  await ipBatch(
    right,
    numbers.map((port) => `link set q${port} up`),
  );
  const devices = numbers.map((port) => ({ netns: right, device: `q${port}`, role: 'sink' as const }));
  return {
    devices,
    send: sender(ground, left, '198.18.0.2'),
  };
}

kernelTest('a softirq that is left to ksoftirqd', [], async (t, scope) => {
  const ground = new Ground(scope.cleanup);
  const { devices, send } = await buildFlooding(ground);
  const { told } = await startTracing({ devices }, send, 1, scope);
  await shortenTurns(scope);
  const packets: ReportedPacket[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    send(1);
    // This thread gives its CPU up; if an interrupt is faster, it takes the packets in ksoftirqd's place.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    packets.push(...(await told()));
  }
  t.log(
    packets.flatMap(({ waits }) => waits.map(({ endedInKsoftirqd }) => Number(endedInKsoftirqd))).join(''),
  );
  const left = withCause(waitsIn(packets, 'backlog'), 'ksoftirqd');
  const inKsoftirqd = left.filter(({ wait }) => wait.endedInKsoftirqd);
  t.log(block(packets, inKsoftirqd[0]?.wait));
  t.true(inKsoftirqd.length > 0, `${left.length} left to it`);
  for (const { wait, cause } of inKsoftirqd) {
    t.is(wait.task.name, `ksoftirqd/${wait.endCpu}`);
    t.true(cause.explainedNs <= wait.waitNs);
    t.regex(cause.sentence, /^its softirq was left to ksoftirqd\/\d+, which waited \S+ \Ss for a CPU$/);
  }
});

kernelTest(
  'a softirq left to ksoftirqd, which has no CPU as long as a real-time task runs',
  ['twoCpus'],
  async (t, scope) => {
    const ground = new Ground(scope.cleanup);
    const { devices, send } = await buildFlooding(ground);
    for (const { netns, device } of devices) spreadReceive(netns, device, secondCpu);
    pinToCpu(0, scope);
    const thresholdNs = 200_000;
    const { told } = await startTracing({ devices }, send, thresholdNs, scope);
    await shortenTurns(scope);
    const hog = await startHog(1, 400, scope);
    // The copies of one packet come to the other CPU all at once, however slowly this one sends.
    for (let sent = 0; sent < 10; sent++) {
      send(1);
      await sleep(20);
    }
    await hog.endedNs;
    const packets = await told();
    const left = withCause(waitsIn(packets, 'backlog'), 'ksoftirqd');
    t.log(block(packets, left.at(-1)?.wait));
    // Until ksoftirqd gets the CPU back, interrupts take a few packets each.
    const withoutCpu = left.filter(({ cause }) => cause.sentence.includes('which had no CPU yet'));
    t.true(withoutCpu.length > 0, JSON.stringify(left[0]));
    for (const { wait, cause, isMain } of withoutCpu) {
      t.true(isMain);
      t.true(cause.explainedNs <= wait.waitNs && wait.waitNs > thresholdNs);
      t.false(wait.endedInKsoftirqd);
    }
  },
);
