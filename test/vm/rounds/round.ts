// One round: attach, carry packets over every path, detach, and tell what was measured and what was counted.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuiltPath } from '../../../src/bench/path.js';
import { Measurement, type MeasurementOptions } from '../../../src/measurement.js';
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
const learnStepMs = 20;

export async function runRound(name: RoundName, lanes: readonly Lane[]): Promise<Round> {
  const measurement = Measurement.start(optionsOf[name]());
  try {
    for (const { flow } of lanes) await flow.carry(learningPackets);
    await allLearnt(measurement, lanes);
    measurement.restart();
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

/** Ends, because packets have passed every device; where no hook tells of them, the VM's own limit ends it. */
async function allLearnt(measurement: Measurement, lanes: readonly Lane[]): Promise<void> {
  const names = lanes.flatMap(({ path }) => path.devices.map(({ device }) => device));
  const isLearnt = (name: string) => measurement.devices.some((device) => device.name === name);
  while (!names.every(isLearnt)) await sleep(learnStepMs);
}
