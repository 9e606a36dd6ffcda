// The forwarder's own time: what the leg says against what was injected, and against what the forwarder itself has
// measured around each read and write. Both bounds hold packet by packet and so for every percentile, whatever else
// this host does meanwhile. Catches: a leg that begins or ends at another hook, pairs two packets, or loses slow ones.
import { Cleanup } from '../../../src/bench/cleanup.js';
import type { Scope } from '../../../src/bench/scope.js';
import { bucketIndexOf, highestValueOf } from '../../../src/measure/hdr.js';
import { kernelTest } from '../support/kernelTest.js';
import { follow, legOf } from './following.js';
import { openNumberedFlow } from './numberedFlow.js';
import { percentileBetween, percentileOf, percentilesOf, rankOf } from './percentiles.js';
import { residenceAtRank } from './residences.js';
import { buildSlowTun, type Residences } from './slowPath.js';

const packets = 2_000;
const percentiles = [50, 90, 99, 99.9];
/** Of the residence, on top of the floor. */
const tolerance = 0.03;
/** This host's tracepoints may pass over a few packets. */
const leastFollowed = 0.99;

const cases: readonly Residences[] = [
  { packets, meanUs: 0, intervalUs: 100 },
  { packets, meanUs: 100, intervalUs: 150 },
  { packets, meanUs: 1_000, intervalUs: 300 },
  { packets, meanUs: 20_000, intervalUs: 500 },
];

/** On a path of its own, which is gone afterwards. */
async function measureResidence(residences: Residences, outer: Scope) {
  const scope = { ...outer, cleanup: new Cleanup() };
  const remove = outer.cleanup.add('remove the path', () => scope.cleanup.run());
  const { path, forward } = await buildSlowTun(residences, scope);
  const flow = openNumberedFlow(path, scope);
  // The last packet waits in the ring for all others; twice that and more, for a busy host.
  const quietMs = 500 + (2 * packets * residences.intervalUs) / 1_000;
  const measurement = await follow(path, flow, { quietMs }, scope);
  for (let sent = 0; sent < packets; sent++) flow.send('counted');
  const held = await forward();
  await measurement.finish();
  const snapshot = measurement.snapshot();
  await remove();
  return { snapshot, held };
}

for (const residences of cases)
  kernelTest(
    `the leg is the forwarder's own time, ${residences.meanUs} µs at the mean with a tail`,
    ['tun'],
    async (t, scope) => {
      const { snapshot, held } = await measureResidence(residences, scope);
      const leg = legOf(snapshot, 'forwarder');
      t.log(JSON.stringify(snapshot.journeys));
      t.true(leg.count >= leastFollowed * packets && leg.count <= packets, `${leg.count} legs`);
      t.like(snapshot.journeys, { begun: packets, evicted: 0, lostEvents: 0 });
      const measured = percentilesOf(leg, percentiles);
      percentiles.forEach((percentile, at) => {
        const ns = measured[at] ?? Number.NaN;
        const injectedNs = residenceAtRank(rankOf(percentile, leg.count), packets, residences.meanUs * 1_000);
        const { leastNs, mostNs } = percentileBetween(held.leastNs, held.mostNs, percentile, leg.count);
        const text = `p${percentile}: ${ns} ns, injected ${Math.round(injectedNs)}, had for ${leastNs} to ${mostNs}`;
        t.log(text);
        t.true(ns >= injectedNs && ns >= leastNs, text);
        t.true(ns <= highestValueOf(bucketIndexOf(mostNs)), text);
      });
      const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);
      const around = sorted(held.mostNs.map((ns, at) => ns - (held.leastNs[at] ?? 0)));
      const [p50Ns = Number.NaN] = measured;
      const [realNs, floorNs] = [percentileOf(sorted(held.leastNs), 50), percentileOf(around, 90)];
      t.log(`a read and a write: p50 ${percentileOf(around, 50)}, p90 ${floorNs} ns`);
      // Not at the tail: what the host does between the clocks of a packet there is no part of its residence.
      t.true(p50Ns <= realNs * (1 + tolerance) + floorNs, `p50: ${p50Ns} ns`);
    },
  );
