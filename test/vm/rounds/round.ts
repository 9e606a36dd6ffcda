// One round: attach, carry packets over every path, detach, and tell what was measured and what was counted.
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { startMeasuring } from '../../../src/bench/startMeasuring.js';
import type { MeasurementOptions } from '../../../src/measurement.js';
import type { Flow } from '../inside/flow.js';
import type { PathCount } from '../passage.js';
import { objectWithoutFentry } from './objectWithoutFentry.js';
import type { Round, RoundName } from './report.js';

export interface Lane {
  readonly path: BuiltPath;
  readonly flow: Flow;
}

const packetsARound = 2_000;
/** Each device is announced by its first packet and learnt a moment later. */
const learningPackets = 10;

export async function runRound(name: RoundName, lanes: readonly Lane[], scope: Scope): Promise<Round> {
  const flowOf = new Map(lanes.map(({ path, flow }) => [path, flow]));
  const measurement = await startMeasuring([...flowOf.keys()], scope, optionsOf[name](), async (path) =>
    flowOf.get(path)?.carry(learningPackets),
  );
  try {
    const paths: PathCount[] = [];
    for (const lane of lanes) paths.push(await carriers[name](lane));
    await measurement.finish();
    const { durationSeconds, hooks, segments, accounting, drops } = measurement.snapshot();
    const figures = segments.map(({ histogram: _, ...line }) => line);
    return { name, durationSeconds, hooks, paths, segments: figures, accounting, drops };
  } finally {
    measurement.close();
  }
}

const optionsOf: Record<RoundName, () => MeasurementOptions> = {
  'best mechanism': () => ({}),
  'without fentry': () => ({ objectPath: objectWithoutFentry() }),
  'stopped reader': () => ({}),
};

const carriers: Record<RoundName, (lane: Lane) => Promise<PathCount>> = {
  'best mechanism': carryOver,
  'without fentry': carryOver,
  'stopped reader': carryWhileStopped,
};

/** The device's queue fills up and turns packets away; what it holds goes on once its reader runs again. */
async function carryWhileStopped(lane: Lane): Promise<PathCount> {
  const { middlePid } = lane.path;
  if (middlePid === null) return carryOver(lane);
  process.kill(middlePid, 'SIGSTOP');
  const count = await carryOver(lane);
  process.kill(middlePid, 'SIGCONT');
  return { ...count, ...(await lane.flow.drain(count.sent)) };
}

async function carryOver({ path, flow }: Lane): Promise<PathCount> {
  const [first, last] = path.devices;
  const count = await flow.carry(packetsARound);
  return { path: path.name, firstDevice: first?.device ?? '', lastDevice: last?.device ?? '', ...count };
}
