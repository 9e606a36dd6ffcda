// One round: attach, carry packets over every path, detach, and tell what was measured and what was counted.
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPath } from '../../../src/bench/buildPath.js';
import { type LoadOptions, offerLoad, primePath } from '../../../src/bench/load.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { Measurement, type MeasurementOptions } from '../../../src/measurement.js';
import type { PathCount, Round, RoundName } from '../protocol.js';
import { objectWithoutFentry } from './objectWithoutFentry.js';

/** Slow enough for an emulated CPU to lose nothing. */
const load: LoadOptions = { packetsPerSecond: 500, durationSeconds: 4, frameBytes: 64 };
const learnStepMs = 20;

export async function buildPaths(scope: Scope): Promise<BuiltPath[]> {
  return [await buildPath('veth', scope), await buildPath('tun', scope)];
}

export async function runRound(name: RoundName, paths: readonly BuiltPath[], scope: Scope): Promise<Round> {
  scope.progress(`round: ${name}`);
  const measurement = Measurement.start(optionsOf[name]());
  scope.progress('attached');
  try {
    for (const path of paths) await primePath(path, scope);
    scope.progress('primed');
    await allLearnt(measurement, paths);
    scope.progress('learnt');
    measurement.restart();
    const counts = await carry[name](paths, scope);
    scope.progress('carried');
    await measurement.finish();
    scope.progress('finished');
    const { hooks, segments, accounting, drops } = measurement.snapshot();
    const figures = segments.map(({ histogram: _, ...line }) => line);
    return { name, hooks, paths: counts, segments: figures, accounting, drops };
  } finally {
    measurement.close();
  }
}

const optionsOf: Record<RoundName, () => MeasurementOptions> = {
  'best mechanism': () => ({}),
  'without fentry': () => ({ objectPath: objectWithoutFentry() }),
  'stopped forwarder': () => ({}),
};

const carry: Record<RoundName, (paths: readonly BuiltPath[], scope: Scope) => Promise<PathCount[]>> = {
  'best mechanism': carryOverAll,
  'without fentry': carryOverAll,
  'stopped forwarder': carryWhileStopped,
};

async function carryOverAll(paths: readonly BuiltPath[], scope: Scope): Promise<PathCount[]> {
  const counts: PathCount[] = [];
  for (const path of paths) counts.push(await carryOver(path, scope));
  return counts;
}

/** The tun's queue fills up; what it holds goes on, too late for the sink, once the forwarder runs again. */
async function carryWhileStopped(paths: readonly BuiltPath[], scope: Scope): Promise<PathCount[]> {
  const counts: PathCount[] = [];
  for (const path of paths) {
    if (path.middlePid === null) continue;
    process.kill(path.middlePid, 'SIGSTOP');
    counts.push(await carryOver(path, scope));
    process.kill(path.middlePid, 'SIGCONT');
  }
  return counts;
}

async function carryOver(path: BuiltPath, scope: Scope): Promise<PathCount> {
  const { generator, sink } = await offerLoad(path, load, scope);
  const [first, last] = path.devices;
  return {
    path: path.name,
    firstDevice: first?.device ?? '',
    lastDevice: last?.device ?? '',
    sent: generator.sent,
    received: sink.received,
  };
}

/** Ends, because priming has sent packets over every device; the VM's own limit ends it otherwise. */
async function allLearnt(measurement: Measurement, paths: readonly BuiltPath[]): Promise<void> {
  const names = paths.flatMap((path) => path.devices.map(({ device }) => device));
  const isLearnt = (name: string) => measurement.devices.some((device) => device.name === name);
  while (!names.every(isLearnt)) await sleep(learnStepMs);
}
