// One point of the curves: the running service on a host of so many devices, each with a little traffic.
import { setTimeout as sleep } from 'node:timers/promises';
import { Cleanup } from '../cleanup.js';
import { Generator, generatorInputOf } from '../load/generator.js';
import { oneSize } from '../load/plan.js';
import { buildManyPairs } from '../scale/manyPairs.js';
import type { Scope } from '../scope.js';
import { median } from '../service/figures.js';
import { sampleProcess, scrape } from '../service/observe.js';
import { RunningDaemon } from '../service/runDaemon.js';
import type { Point } from './figures.js';

export interface CurvesPlan {
  readonly devices: readonly number[];
  /** Each point is watched for so long, once the service knows all devices. */
  readonly seconds: number;
}

/** Ten packets a second on each pair: every histogram has changed at each scrape. */
const packetsASecondAPair = 10;
const scrapeIntervalMs = 3_000;
const shardsAVeth = 3;
const fewestShards = 64;
const mostSeries = 100_000;
/** Devices are announced by their packets, some hundred of them at a time. */
const learnLimitSeconds = 60;
/** The first scrapes of a process compile code. */
const warmingScrapes = 3;

export async function measureCurve({ devices, seconds }: CurvesPlan, scope: Scope): Promise<Point[]> {
  const points: Point[] = [];
  for (const count of devices) {
    scope.progress(`${count} devices`);
    const cleanup = new Cleanup();
    const remove = scope.cleanup.add(`remove ${count} devices`, () => cleanup.run());
    points.push(await measurePoint(count, seconds, { ...scope, cleanup }));
    await remove();
  }
  return points;
}

async function measurePoint(devices: number, seconds: number, scope: Scope): Promise<Point> {
  const pairs = Math.max(1, Math.round(devices / 2));
  const path = await buildManyPairs(pairs, scope);
  const { pid, url } = await RunningDaemon.start(
    {
      devices: { include: [`${path.generatorNetns}/*`, `${path.sinkNetns}/*`] },
      metrics: { max_series: mostSeries },
      limits: { shards: Math.max(fewestShards, 2 * shardsAVeth * (pairs + 1)) },
    },
    scope,
  );
  const generator = await Generator.start(generatorInputOf(path), scope);
  // It is stopped under way, and then has no result.
  void generator.send(endless(packetsASecondAPair * pairs, seconds), 1).catch(() => {});
  const deviceSegments = await untilKnown(url, 2 * pairs, scope);
  for (let warm = 0; warm < warmingScrapes; warm++) await scrape(url);
  const scrapeSeconds: number[] = [];
  const between = { cpuSeconds: 0, seconds: 0 };
  const endMs = performance.now() + seconds * 1_000;
  while (performance.now() < endMs) {
    const before = sampleProcess(pid);
    await sleep(scrapeIntervalMs, undefined, { signal: scope.signal });
    const after = sampleProcess(pid);
    between.cpuSeconds += after.cpuSeconds - before.cpuSeconds;
    between.seconds += after.atSeconds - before.atSeconds;
    // Each tells of the one before it.
    scrapeSeconds.push((await scrape(url)).serviceSeconds ?? Number.NaN);
  }
  const { residentBytes } = sampleProcess(pid);
  await generator.stop();
  return {
    devices: 2 * pairs,
    deviceSegments,
    residentBytes,
    // Together: the kernel counts CPU time in steps of 10 ms.
    cpuSecondsASecond: between.cpuSeconds / between.seconds,
    scrapeSeconds: median(scrapeSeconds),
  };
}

const endless = (packetsPerSecond: number, seconds: number) => ({
  packetsPerSecond,
  durationSeconds: seconds + 10 * learnLimitSeconds,
  sizes: oneSize(64),
  flows: 1,
  burst: 1,
});

/** Packets go one way: a pair's devices show one segment each. */
async function untilKnown(url: string, segments: number, scope: Scope): Promise<number> {
  for (let waited = 0; waited < learnLimitSeconds; waited++) {
    const { deviceSegments } = await scrape(url);
    if (deviceSegments >= segments) return deviceSegments;
    await sleep(1_000, undefined, { signal: scope.signal });
  }
  throw new Error(`the service does not show ${segments} device-segments`);
}
