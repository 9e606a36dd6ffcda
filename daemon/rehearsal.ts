// Scrapes of an imagined host, once at start: the engine compiles what runs often, and 15 s apart the first scrape would
// take two to four times its CPU time.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { Exposition, type ExpositionParts } from '../src/export/prometheus/exposition.js';
import { imaginedDevice, imaginedIncrement, imaginedReading } from '../src/measure/imaginedHost.js';
import { segmentsOf } from '../src/measure/segments.js';
import { SeriesLedger, type SeriesLimits } from '../src/measure/seriesLedger.js';

/** Found by trial: after some ten of this size the time a scrape takes falls no further. */
const scrapes = 12;
/** With the segments of a tap: 200 device-segments, as a busy host has them. */
const imaginedDevices = 40;

/** Renders and compresses what such a host would give; takes about half a second, in turns of one scrape. */
export async function rehearse(
  limits: SeriesLimits,
  { build, service }: Pick<ExpositionParts, 'build' | 'service'>,
): Promise<void> {
  const ledger = new SeriesLedger({ ...limits, maxSeries: Number.POSITIVE_INFINITY });
  const devices = Array.from({ length: imaginedDevices }, (_, at) => imaginedDevice('tap', at));
  const read = () => {
    for (const device of devices)
      for (const segment of segmentsOf(device.kind)) ledger.add(device, segment, imaginedIncrement);
    return imaginedReading(ledger, devices);
  };
  const exposition = new Exposition({ build, read, service });
  for (let scrape = 0; scrape < scrapes; scrape++) {
    await exposition.scrape('gzip');
    await nextTurn();
  }
}
