// Runs inside the VM: follows packets through forwarders that hold them for times of a known distribution.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '../../../src/bench/scope.js';
import type { LegLine, Snapshot } from '../../../src/measure/snapshot.js';
import { Measurement } from '../../../src/measurement.js';
import { waitUntil } from '../../bench/waitUntil.js';
import { percentileOf, percentilesOf } from '../../kernel/journeys/percentiles.js';
import { drawnNs } from '../../kernel/journeys/residences.js';
import { type Lane, openLane } from './lane.js';
import { type JourneysReport, type LaneReport, laneKinds, type Percentiles, percentiles } from './report.js';

const packets = 400;
const meanNs = 1e6;
/** So often the event loop has its turn, and the ring is read. */
const packetsATurn = 20;
const limitSeconds = 30;

export async function run(_variant: string, scope: Scope): Promise<JourneysReport> {
  const lanes: Lane[] = [];
  for (const kind of laneKinds) lanes.push(await openLane(kind, scope));
  const devices = lanes.flatMap(({ path }) => path.devices);
  const include = devices.map(({ netns, device }) => `${netns}/${device}`);
  scope.progress('attaching');
  const measurement = Measurement.start({ include, journeys: { every: 1, quietMs: 500 } });
  scope.cleanup.add('detach', () => measurement.close());
  const isLearnt = () => {
    for (const { carry } of lanes) carry(0);
    return measurement.devices.length === devices.length;
  };
  if (!(await waitUntil(isLearnt, limitSeconds))) throw new Error('not all devices are learnt');
  await untilArrived(lanes);
  measurement.restart();
  const told: LaneReport[] = [];
  scope.progress('carrying packets');
  const held = [];
  for (const lane of lanes) held.push({ lane, times: await carryAll(lane) });
  await untilArrived(lanes);
  await measurement.finish();
  const snapshot = measurement.snapshot();
  for (const { lane, times } of held) told.push(reportOf(lane, times, snapshot));
  return { lanes: told, journeys: snapshot.journeys };
}

type Times = ReturnType<Lane['carry']>[];

async function carryAll({ carry }: Lane): Promise<Times> {
  const times: Times = [];
  for (let at = 0; at < packets; at++) {
    times.push(carry(drawnNs(at, packets, meanNs)));
    if (at % packetsATurn === 0) await sleep(1);
  }
  return times;
}

async function untilArrived(lanes: readonly Lane[]): Promise<void> {
  const haveAll = () => lanes.every(({ flow }) => flow.haveAllArrived());
  if (!(await waitUntil(haveAll, limitSeconds))) throw new Error('not all packets arrive');
}

function reportOf({ kind, path }: Lane, times: Times, snapshot: Snapshot): LaneReport {
  const names = path.devices.map(({ netns, device }) => `${netns}/${device}`);
  const legs = snapshot.legs.filter(({ from, to }) => names.includes(from) || names.includes(to));
  const through = legs.find(({ leg }) => leg !== 'end_to_end');
  const percentilesBy = (timeOf: (time: Times[number]) => number): Percentiles => {
    const sorted = times.map(timeOf).toSorted((a, b) => a - b);
    return percentiles.map((percentile) => percentileOf(sorted, percentile));
  };
  return {
    kind,
    packets,
    legs: legs.map(deviceLeg),
    measuredNs: through ? percentilesOf(through, percentiles) : [],
    leastNs: percentilesBy(({ leastNs }) => leastNs),
    mostNs: percentilesBy(({ mostNs }) => mostNs),
  };
}

/** Without the namespaces, whose names are of this run. */
const deviceLeg = ({ leg, from, to, count }: LegLine) => ({
  leg,
  from: deviceOf(from),
  to: deviceOf(to),
  count,
});
const deviceOf = (name: string): string => name.slice(name.indexOf('/') + 1);
