// The forwarder's own time: what the leg says against what was injected, and against what the forwarder itself has
// measured around each read and write. Both bounds hold packet by packet and so for every percentile, whatever else
// this host does meanwhile. Catches: a leg that begins or ends at another hook, pairs two packets, or loses slow ones.
import type { ExecutionContext } from 'ava';
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

/** What a read and a write take by themselves. */
const floor: Residences = { packets, meanUs: 0, intervalUs: 100 };
/** Whoever else runs on this host disturbs single runs; an error of ours would be in each of them. */
const mostRuns = 3;
const cases: readonly Residences[] = [
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

interface Figures {
  /** By the legs, by what was drawn, and by the forwarder's own clock from the end of the read to the write. */
  readonly measuredNs: readonly number[];
  readonly injectedNs: readonly number[];
  readonly realNs: readonly number[];
}

/** Whatever else this host does: each percentile lies between the forwarder's own clocks. */
async function carryOut(t: ExecutionContext, residences: Residences, scope: Scope): Promise<Figures> {
  const { snapshot, held } = await measureResidence(residences, scope);
  const leg = legOf(snapshot, 'forwarder');
  t.true(leg.count >= leastFollowed * packets && leg.count <= packets, `${leg.count} legs`);
  t.like(snapshot.journeys, { begun: packets, evicted: 0, lostEvents: 0 });
  const measuredNs = percentilesOf(leg, percentiles);
  const injectedNs = percentiles.map((p) =>
    residenceAtRank(rankOf(p, leg.count), packets, residences.meanUs * 1_000),
  );
  percentiles.forEach((percentile, at) => {
    const [ns = Number.NaN, injected = Number.NaN] = [measuredNs[at], injectedNs[at]];
    const { leastNs, mostNs } = percentileBetween(held.leastNs, held.mostNs, percentile, leg.count);
    const text = `p${percentile}: ${ns} ns, injected ${Math.round(injected)}, had for ${leastNs} to ${mostNs}`;
    t.log(text);
    t.true(ns >= injected && ns >= leastNs, text);
    t.true(ns <= highestValueOf(bucketIndexOf(mostNs)), text);
  });
  const sortedNs = held.leastNs.toSorted((a, b) => a - b);
  return { measuredNs, injectedNs, realNs: percentiles.map((p) => percentileOf(sortedNs, p)) };
}

/** In each percentile no more than 3 % above these residences, on top of what a leg without any has there. */
const isNear = (measuredNs: readonly number[], residencesNs: readonly number[], floorNs: readonly number[]) =>
  measuredNs.every((ns, at) => {
    const mostNs = (residencesNs[at] ?? Number.NaN) * (1 + tolerance) + (floorNs[at] ?? Number.NaN);
    return ns <= highestValueOf(bucketIndexOf(Math.ceil(mostNs)));
  });

kernelTest("without a residence the leg is the forwarder's read and write", ['tun'], async (t, scope) => {
  await carryOut(t, floor, scope);
});

for (const residences of cases)
  kernelTest(
    `the leg is the forwarder's own time, ${residences.meanUs} µs at the mean with a tail`,
    ['tun'],
    async (t, scope) => {
      const near = { injected: false, real: false };
      for (let run = 0; run < mostRuns && !near.injected; run++) {
        const { measuredNs: floorNs } = await carryOut(t, floor, scope);
        const { measuredNs, injectedNs, realNs } = await carryOut(t, residences, scope);
        near.injected = isNear(measuredNs, injectedNs, floorNs);
        near.real ||= isNear(measuredNs, realNs, floorNs);
      }
      // Where others keep the forwarder from its CPU, it has packets for longer than was drawn, by its own clock too.
      if (!near.injected) t.log('the forwarder was held up in each run: against its own clock');
      t.true(near.injected || near.real, `too much in each of ${mostRuns} runs`);
    },
  );
