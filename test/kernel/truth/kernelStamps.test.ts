// Cross-check: the kernel's own stamps of the same packets give the same waits, on one CPU and, where they last
// microseconds, across two. Catches: a start or an end at the wrong hook, a histogram that counts in the wrong
// bucket. The kernel stamps only once it has copied the skb for the sender's error queue, some 0.3 µs after us.
import type { ExecutionContext } from 'ava';
import { buildPath } from '../../../src/bench/buildPath.js';
import type { Scope } from '../../../src/bench/scope.js';
import { startMeasuring } from '../../../src/bench/startMeasuring.js';
import type { Measurement } from '../../../src/measurement.js';
import { kernelTest } from '../support/kernelTest.js';
import { accountsOf, assertBalanced, waitsOf } from '../support/lines.js';
import { pinToCpu } from '../support/pinning.js';
import { spreadReceive } from '../support/receiveSteering.js';
import { StampedFlow } from '../support/stampedFlow.js';
import { setSysctl } from '../support/sysctl.js';

const packets = 10_000;
/** Fast enough to keep caches warm, else the copy takes microseconds; slow enough for a packet to be alone. */
const packetsPerSecond = 25_000;
const toleratedNs = 1_000;
const toleratedShare = 0.1;
/** Whoever else runs on this host disturbs single runs; an error of ours would be in each of them. */
const mostRuns = 10;

const cases = [
  // Here the wait is shorter than the copy, whose own tail is microseconds long: only the median can agree.
  { where: 'the same CPU', cpuMask: 0, needs: [], compared: [0.5] },
  { where: 'another CPU', cpuMask: 2, needs: ['twoCpus'], compared: [0.5, 0.99] },
] as const;

for (const { where, cpuMask, needs, compared } of cases)
  kernelTest(`backlog agrees with the kernel's own stamps, received on ${where}`, needs, async (t, scope) => {
    const path = await buildPath('veth', scope);
    if (cpuMask > 0) spreadReceive(path.sinkNetns, 'veth1', cpuMask);
    // Received packets are then stamped where the stack takes them, not where the driver hands them over.
    await setSysctl('net/core/netdev_tstamp_prequeue', '0', scope);
    const measurement = await startMeasuring([path], scope);
    pinToCpu(0, scope);
    const flow = new StampedFlow(path, scope);
    await flow.warmUp();
    let agree = false;
    for (let run = 0; run < mostRuns && !agree; run++) {
      const pairs = await measure(t, measurement, flow, scope);
      agree = pairs !== null && compared.every((quantile) => isNear(pairs[quantile]));
    }
    t.true(
      agree,
      `apart by more than ${toleratedNs} ns and ${toleratedShare * 100} % in each of ${mostRuns} runs`,
    );
  });

/** Our quantiles and the kernel's, in ns; null when a packet passed unseen, for then they aren't of the same packets. */
async function measure(t: ExecutionContext, measurement: Measurement, flow: StampedFlow, scope: Scope) {
  scope.signal.throwIfAborted();
  measurement.restart();
  const kernelNs = (await flow.send(packets, packetsPerSecond)).sort((a, b) => a - b);
  await measurement.finish();
  const snapshot = measurement.snapshot();
  assertBalanced(t, snapshot);
  t.is(kernelNs.length, packets, "every packet has both of the kernel's stamps");
  const { started, matched, expired, inFlight, unmatched } = accountsOf(snapshot, 'veth1', 'backlog');
  t.deepEqual([started, unmatched], [packets, 0]);
  const { p50Ns, p99Ns } = waitsOf(snapshot, 'veth1', 'backlog');
  const pairs = {
    0.5: [p50Ns, quantileOf(kernelNs, 0.5)],
    0.99: [p99Ns, quantileOf(kernelNs, 0.99)],
  } as const;
  t.log(
    `ours and the kernel's: p50 ${pairs[0.5].join(' and ')} ns, p99 ${pairs[0.99].join(' and ')} ns;`,
    `${matched} matched, ${expired + inFlight} unseen`,
  );
  return matched === packets ? pairs : null;
}

const isNear = ([ours, kernels]: readonly [number, number]): boolean =>
  Math.abs(ours - kernels) <= Math.max(toleratedNs, toleratedShare * kernels);

const quantileOf = (sorted: readonly number[], share: number): number =>
  sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
