// Why a packet waits in a veth's backlog: another CPU receives it, or its softirq is left to ksoftirqd.
import { buildPath } from '../../../src/bench/buildPath.js';
import type { Scope } from '../../../src/bench/scope.js';
import { traceBlock } from '../../../src/export/traceText.js';
import type { ReportedPacket, ReportedWait } from '../../../src/trace/report.js';
import { kernelTest } from '../support/kernelTest.js';
import { pinToCpu } from '../support/pinning.js';
import { spreadReceive } from '../support/receiveSteering.js';
import { setSysctl } from '../support/sysctl.js';
import { startHog } from './children.js';
import { openSender, startTracing, waitsIn, withCause } from './tracing.js';

const secondCpu = 0b10;

function block(packets: readonly ReportedPacket[], of: ReportedWait | undefined): string {
  const found = packets.find(({ waits }) => waits.some((wait) => wait === of));
  return found ? traceBlock(found, false) : 'nothing';
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

kernelTest('a softirq that is left to ksoftirqd', ['twoCpus'], async (t, scope) => {
  const path = await buildPath('veth', scope);
  spreadReceive(path.sinkNetns, 'veth1', secondCpu);
  pinToCpu(0, scope);
  const send = openSender(path, scope);
  const { told } = await startTracing(path, send, 1, scope);
  await shortenTurns(scope);
  send(500);
  const packets = await told();
  const left = withCause(waitsIn(packets, 'backlog'), 'ksoftirqd');
  const inKsoftirqd = left.filter(({ wait }) => wait.endedInKsoftirqd);
  t.log(block(packets, inKsoftirqd[0]?.wait));
  t.true(inKsoftirqd.length > 0);
  for (const { wait, cause } of inKsoftirqd) {
    t.is(wait.task.name, 'ksoftirqd/1');
    t.true(cause.explainedNs <= wait.waitNs);
    t.regex(cause.sentence, /^its softirq was left to ksoftirqd\/1, which waited \S+ \Ss for a CPU$/);
  }
});

kernelTest('a softirq left to ksoftirqd, whose CPU a real-time task has', ['twoCpus'], async (t, scope) => {
  const path = await buildPath('veth', scope);
  spreadReceive(path.sinkNetns, 'veth1', secondCpu);
  pinToCpu(0, scope);
  const send = openSender(path, scope);
  const thresholdNs = 200_000;
  const { told } = await startTracing(path, send, thresholdNs, scope);
  await shortenTurns(scope);
  const hog = await startHog(1, 400, scope);
  send(500);
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
});
