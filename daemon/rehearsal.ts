// Scrapes of an imagined host, once at start: the engine compiles what runs often, and 15 s apart the first scrape would
// take two to four times its CPU time.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { Exposition, type ExpositionParts } from '../src/export/prometheus/exposition.js';
import { finest } from '../src/measure/hdr.js';
import { type MeasuredDevice, noOutcomes } from '../src/measure/increment.js';
import { segmentsOf } from '../src/measure/segments.js';
import { SeriesLedger, type SeriesLimits } from '../src/measure/seriesLedger.js';

/** Found by trial: after some ten of this size the time a scrape takes falls no further. */
const scrapes = 12;
/** With the segments of a tap: 200 device-segments, as a busy host has them. */
const imaginedDevices = 40;
/** Of each device-segment before each scrape. */
const bucketsHit = 50;

/** Renders and compresses what such a host would give; takes about half a second, in turns of one scrape. */
export async function rehearse(
  limits: SeriesLimits,
  { build, service }: Pick<ExpositionParts, 'build' | 'service'>,
): Promise<void> {
  const ledger = new SeriesLedger({ ...limits, maxSeries: Number.POSITIVE_INFINITY });
  const devices = Array.from({ length: imaginedDevices }, (_, at) => deviceAt(at));
  const read = () => {
    for (const device of devices)
      for (const segment of segmentsOf(device.kind)) ledger.add(device, segment, imaginedIncrement);
    return {
      ...ledger.reading(devices, () => 1),
      devices: { veth: 0, tap: imaginedDevices, tun: 0, other: 0 },
      following: null,
      hooks: [],
      bucketWidthRatio: finest.bucketWidthRatio,
      unlearnedHookRuns: 0,
      devicesTurnedAway: 0,
      seriesTurnedAway: 0,
      readingSeconds: 0,
    };
  };
  const exposition = new Exposition({ build, read, service });
  for (let scrape = 0; scrape < scrapes; scrape++) {
    await exposition.scrape('gzip');
    await nextTurn();
  }
}

const deviceAt = (at: number): MeasuredDevice => ({
  name: `tap${at}`,
  netns: 'imagined',
  netnsInum: 1,
  ifindex: at,
  kind: 'tap',
  peer: null,
});

const imaginedIncrement = {
  ...noOutcomes,
  started: bucketsHit,
  length: bucketsHit,
  indices: Uint16Array.from({ length: bucketsHit }, (_, at) => at * 50),
  counts: new Float64Array(bucketsHit).fill(1),
  matched: bucketsHit,
  sumNs: 1e6,
  minNs: 1,
  maxNs: 1e5,
};
