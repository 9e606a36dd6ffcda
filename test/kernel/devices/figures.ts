// What a test asks of a measurement: which devices are learnt, and what the snapshot says of one of them.
import type { Device } from '../../../src/kernel/deviceTable.js';
import type { Segment } from '../../../src/measure/segments.js';
import type { AccountingLine, SegmentLine, Snapshot } from '../../../src/measure/snapshot.js';
import type { Measurement } from '../../../src/measurement.js';
import { waitUntil } from '../../bench/realHost.js';

const learnLimitSeconds = 5;

export const present = (measurement: Measurement, netns: string, name: string): Device | undefined =>
  measurement.devices.find((d) => d.state === 'present' && d.netns === netns && d.name === name);

/** Sends through `nudge` until these devices are learnt, "netns/name" each; packets before that go uncounted. */
export async function learn(
  measurement: Measurement,
  devices: readonly string[],
  nudge: () => void,
): Promise<void> {
  const isKnown = () => {
    const known = new Set(
      measurement.devices.filter((d) => d.state === 'present').map((d) => `${d.netns}/${d.name}`),
    );
    return devices.every((device) => known.has(device));
  };
  for (let attempt = 0; attempt < 4; attempt++) {
    nudge();
    if (await waitUntil(isKnown, learnLimitSeconds / 4)) return;
  }
  const known = measurement.devices.map((d) => `${d.netns}/${d.name} (${d.state})`).join(', ');
  throw new Error(`not learnt: ${devices.join(', ')}; learnt: ${known}`);
}

/** The accounting of a device and segment; of the newest if the name was used again. Zeros if nothing was counted. */
export function account(snapshot: Snapshot, device: string, segment: Segment): AccountingLine {
  const [netns = '', name = ''] = device.split('/');
  const found = snapshot.accounting.findLast(
    (line) => line.netns === netns && line.device === name && line.segment === segment,
  );
  const none = { started: 0, matched: 0, dropped: 0, expired: 0, evicted: 0, inFlight: 0, unmatched: 0 };
  return found ?? { device: name, netns, segment, ...none };
}

export const lineOf = (snapshot: Snapshot, device: string, segment: Segment): SegmentLine | undefined =>
  snapshot.segments.findLast((line) => `${line.netns}/${line.device}` === device && line.segment === segment);
