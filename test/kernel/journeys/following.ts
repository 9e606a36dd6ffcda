// Follows every packet on the devices of a path, which are all known before anything counts.
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import type { JourneysOptions } from '../../../src/journey/journeys.js';
import type { LegLine, Snapshot } from '../../../src/measure/snapshot.js';
import { Measurement } from '../../../src/measurement.js';
import { waitUntil } from '../../bench/waitUntil.js';
import type { NumberedFlow } from './numberedFlow.js';

const limitSeconds = 10;

/** From zero, with `flow` having told the last of the path that what comes now counts. */
export async function follow(
  { devices }: Pick<BuiltPath, 'devices'>,
  flow: Pick<NumberedFlow, 'send' | 'haveAllArrived'>,
  options: Partial<JourneysOptions>,
  scope: Scope,
): Promise<Measurement> {
  const include = devices.map(({ netns, device }) => `${netns}/${device}`);
  const measurement = Measurement.start({ include, journeys: { every: 1, quietMs: 500, ...options } });
  scope.cleanup.add('detach', () => measurement.close());
  const isLearnt = () => {
    flow.send('priming');
    return measurement.devices.length === devices.length;
  };
  if (!(await waitUntil(isLearnt, limitSeconds))) throw new Error('not all devices are learnt');
  flow.send('lastPriming');
  await untilArrived(flow);
  measurement.restart();
  return measurement;
}

export async function untilArrived(flow: Pick<NumberedFlow, 'haveAllArrived'>): Promise<void> {
  if (!(await waitUntil(flow.haveAllArrived, limitSeconds))) throw new Error('not all packets arrive');
}

/** The legs of this name, whichever devices it is between. */
export const legsOf = ({ legs }: Snapshot, name: LegLine['leg']): LegLine[] =>
  legs.filter(({ leg }) => leg === name);

/** The one leg of this name. */
export function legOf(snapshot: Snapshot, name: LegLine['leg']): LegLine {
  const [leg, ...others] = legsOf(snapshot, name);
  if (leg && others.length === 0) return leg;
  const there = snapshot.legs.map(({ leg, from, to }) => `${leg} from ${from} to ${to}`);
  throw new Error(`not one leg ${name} but: ${there.join(', ')}; ${JSON.stringify(snapshot.journeys)}`);
}
