// Holds what came of following packets against what the forwarders themselves have measured. Pure: reports in, words out.
import { bucketIndexOf, highestValueOf } from '../../../src/measure/hdr.js';
import type { JourneySummary } from '../../../src/measure/snapshot.js';
import { type JourneysReport, type LaneReport, laneKinds, percentiles } from './report.js';

export function faultsOf({ lanes, journeys }: JourneysReport): string[] {
  const missing = laneKinds.filter((kind) => !lanes.some((lane) => lane.kind === kind));
  const packets = lanes.reduce((sum, lane) => sum + lane.packets, 0);
  return [
    ...missing.map((kind) => `${kind}: was not carried out`),
    ...(journeys ? summaryFaults(journeys, packets) : ['no packet was followed']),
    ...lanes.flatMap((lane) => laneFaults(lane).map((fault) => `${lane.kind}: ${fault}`)),
  ];
}

/** Every packet differs and arrives, so every journey is whole. */
function summaryFaults(journeys: JourneySummary, packets: number): string[] {
  const { begun, whole, lostEvents, unreturned } = journeys;
  const isWell = begun === packets && whole === packets && lostEvents === 0 && unreturned.length === 0;
  return isWell ? [] : [`${packets} packets were followed: ${JSON.stringify(journeys)}`];
}

function laneFaults({ kind, packets, legs, measuredNs, leastNs, mostNs }: LaneReport): string[] {
  const [from, to] = [`${kind}0`, `${kind}1`];
  const expected = [kind === 'tun' ? 'forwarder' : 'guest', 'end_to_end'].map((leg) => ({
    leg,
    from,
    to,
    count: packets,
  }));
  const isExpected = (line: LaneReport['legs'][number]) =>
    expected.some(
      (one) =>
        one.leg === line.leg && one.from === line.from && one.to === line.to && one.count === line.count,
    );
  const others = legs.filter((line) => !isExpected(line));
  return [
    ...(legs.length === expected.length ? [] : [`${legs.length} legs instead of ${expected.length}`]),
    ...others.map((line) => `not a leg of this lane: ${JSON.stringify(line)}`),
    ...percentiles.flatMap((percentile, at) => {
      const [ns = Number.NaN, least = Number.NaN, most = Number.NaN] = [
        measuredNs[at],
        leastNs[at],
        mostNs[at],
      ];
      // A percentile is told as the greatest value of its bucket.
      const isWithin = ns >= least && ns <= highestValueOf(bucketIndexOf(most));
      return isWithin ? [] : [`p${percentile} is ${ns} ns, but packets were held for ${least} to ${most} ns`];
    }),
  ];
}
