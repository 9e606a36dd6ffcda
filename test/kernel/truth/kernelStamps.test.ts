// Cross-check: the kernel's own stamps of the same packets give the same waits. Not by chance: with the receiver
// on another CPU they are of microseconds. Catches: an end or a start at the wrong hook, a clock that isn't the
// kernel's, a histogram that counts in the wrong bucket.
import { buildPath } from '../../../src/bench/buildPath.js';
import { kernelTest } from '../support/kernelTest.js';
import { accountsOf, assertBalanced, assertOrdinary, waitsOf } from '../support/lines.js';
import { startMeasuring } from '../support/measuring.js';
import { spreadReceive } from '../support/receiveSteering.js';
import { StampedFlow } from '../support/stampedFlow.js';
import { setSysctl } from '../support/sysctl.js';

const packets = 10_000;
/** At this rate a packet has left before the next one comes, so stamping delays nobody. */
const packetsPerSecond = 5_000;
const quantiles = [50, 99] as const;
/** The kernel stamps at its own places: some instructions after our start and before our end. */
const toleratedNs = 1_000;
const toleratedShare = 0.1;

const cases = [
  { where: 'the same CPU', cpuMask: 0, needs: [] },
  { where: 'another CPU', cpuMask: 2, needs: ['twoCpus'] },
] as const;

for (const { where, cpuMask, needs } of cases)
  kernelTest(`backlog agrees with the kernel's own stamps, received on ${where}`, needs, async (t, scope) => {
    const path = await buildPath('veth', scope);
    if (cpuMask > 0) spreadReceive(path.sinkNetns, 'veth1', cpuMask);
    // Received packets are then stamped where the stack takes them, not where the driver hands them over.
    await setSysctl('net/core/netdev_tstamp_prequeue', '0', scope);
    const measurement = await startMeasuring([path], scope);
    const flow = new StampedFlow(path, scope);
    await flow.warmUp();
    measurement.restart();

    const waitsNs = (await flow.send(packets, packetsPerSecond)).sort((a, b) => a - b);
    await measurement.finish();
    const snapshot = measurement.snapshot();

    t.is(waitsNs.length, packets, 'every packet has both stamps');
    const backlog = waitsOf(snapshot, 'veth1', 'backlog');
    t.is(backlog.count, packets);
    assertBalanced(t, snapshot);
    assertOrdinary(t, accountsOf(snapshot, 'veth1', 'backlog'));
    const ours = { 50: backlog.p50Ns, 99: backlog.p99Ns };
    for (const quantile of quantiles) {
      const kernelNs = waitsNs[Math.ceil((packets * quantile) / 100) - 1] ?? Number.NaN;
      t.log(`p${quantile}: ${ours[quantile]} ns, by the kernel's stamps ${kernelNs} ns`);
      const allowedNs = Math.max(toleratedNs, toleratedShare * kernelNs);
      t.true(Math.abs(ours[quantile] - kernelNs) <= allowedNs, `p${quantile} is off by more than ${allowedNs} ns`);
    }
  });
