// A host that isn't there: what a rehearsal and a benchmark put into the books in place of the kernel's counts.
import { finest } from './hdr.js';
import { type Increment, type MeasuredDevice, noOutcomes } from './increment.js';
import type { DeviceKind } from './segments.js';
import type { SeriesReading } from './series.js';
import type { SeriesLedger } from './seriesLedger.js';

const bucketsHit = 50;
const bucketsApart = 50;

export const imaginedDevice = (kind: DeviceKind, at: number): MeasuredDevice => ({
  name: `${kind}${at}`,
  netns: 'imagined',
  netnsInum: 1,
  ifindex: at,
  kind,
  peer: null,
});

/** Of one device-segment: as many packets as buckets. */
export const imaginedIncrement: Increment = {
  ...noOutcomes,
  started: bucketsHit,
  length: bucketsHit,
  indices: Uint16Array.from({ length: bucketsHit }, (_, at) => at * bucketsApart),
  counts: new Float64Array(bucketsHit).fill(1),
  matched: bucketsHit,
  sumNs: 1e6,
  minNs: 1,
  maxNs: 1e5,
};

/** What the ledger holds of these devices, and nothing besides. */
export function imaginedReading(ledger: SeriesLedger, devices: readonly MeasuredDevice[]): SeriesReading {
  const ofKind = (kind: DeviceKind) => devices.filter((device) => device.kind === kind).length;
  return {
    ...ledger.reading(devices, () => 1),
    devices: { veth: ofKind('veth'), tap: ofKind('tap'), tun: ofKind('tun'), other: ofKind('other') },
    following: null,
    hooks: [],
    bucketWidthRatio: finest.bucketWidthRatio,
    unlearnedHookRuns: 0,
    devicesTurnedAway: 0,
    seriesTurnedAway: 0,
    readingSeconds: 0,
  };
}
