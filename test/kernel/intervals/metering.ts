// A meter on the real kernel as the service has one: going on while intervals open and close on it.
import { Interval } from '../../../daemon/interval.js';
import { readPossibleCpus } from '../../../src/host/facts.js';
import { NetnsNames } from '../../../src/host/netnsNames.js';
import { type Attachment, attachHere } from '../../../src/kernel/attachment.js';
import { Meter } from '../../../src/kernel/meter.js';
import { type Limits, sizesFor } from '../../../src/kernel/sizes.js';
import { type Accounts, imbalance } from '../../../src/measure/accounting.js';
import { wantedBy } from '../../../src/measure/devicePatterns.js';
import type { DeviceReading, SegmentReading } from '../../../src/measure/reading.js';
import type { Segment } from '../../../src/measure/segments.js';
import type { Ground } from '../devices/ground.js';

export interface Metering {
  readonly meter: Meter;
  readonly attachment: Attachment;
  open(): Interval;
}

/** Measures the devices of these namespaces until the ground is cleaned up. */
export function startMetering(ground: Ground, namespaces: readonly string[], limits: Limits = {}): Metering {
  const attachment = attachHere({ sizes: sizesFor(readPossibleCpus(), limits) });
  const names = new NetnsNames();
  const isWanted = wantedBy(
    namespaces.map((netns) => `${netns}/*`),
    [],
  );
  const dropReasons = { known: true, nameOf: (index: number) => `${index}` };
  const meter = new Meter(attachment, { isWanted, netnsName: (inum) => names.nameOf(inum), dropReasons });
  const timers = [setInterval(() => meter.learn(), 10), setInterval(() => meter.refresh(), 200)];
  ground.cleanup.add('detach', () => {
    for (const timer of timers) clearInterval(timer);
    meter.end();
    attachment.close();
  });
  meter.control.phase = 'measuring';
  return {
    meter,
    attachment,
    open: () => new Interval(meter, { isWanted: () => true, mostDevices: 1_000 }, null),
  };
}

export function segmentOf(
  devices: readonly DeviceReading[],
  device: string,
  segment: Segment,
): SegmentReading {
  const found = devices
    .find(({ netns, name }) => `${netns}/${name}` === device)
    ?.segments.find((reading) => reading.segment === segment);
  if (!found) throw new Error(`nothing counted in ${segment} of ${device}`);
  return found;
}

export const accountsOf = ({ latency, ...counts }: SegmentReading): Accounts => ({
  ...counts,
  matched: latency.total,
});

/** Lines that don't add up, as text. */
export const imbalances = (devices: readonly DeviceReading[]): string[] =>
  devices.flatMap(({ name, segments }) =>
    segments
      .filter((reading) => imbalance(accountsOf(reading)) !== 0)
      .map((reading) => `${name} ${reading.segment} ${JSON.stringify(accountsOf(reading))}`),
  );
