// The whole chain at work: a veth pair, a tun forwarder and a tap, the real service that measures them, and one
// Prometheus of each cached release that scrapes it.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { buildPath } from '../../../src/bench/buildPath.js';
import { offerLoad, primePath } from '../../../src/bench/load/offerLoad.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { RunningDaemon } from '../../../src/bench/service/runDaemon.js';
import { sender } from '../../kernel/devices/flow.js';
import { Ground, ip } from '../../kernel/devices/ground.js';
import { rightAddress, UserDevice } from '../../kernel/devices/links.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';
import { packageRoot } from './dashboards.js';
import { cachedReleases, PrometheusServer } from './prometheusServer.js';

const rulesFile = join(packageRoot, 'grafana/rules/vifscope.rules.yaml');

export interface Stage {
  readonly tun: BuiltPath;
  readonly daemon: RunningDaemon;
  readonly servers: readonly PrometheusServer[];
  /** Packets over the veth pair and the forwarder at once; ends when both have drained. */
  readonly load: (packetsPerSecond: number, durationSeconds: number) => Promise<void>;
  /** The same, and packets to the tap, which drops some of them, until the test ends. */
  readonly keepLoaded: (packetsPerSecond: number) => void;
}

const longerThanAnyTestSeconds = 120;
/** A few more than the ring holds, so that the tap drops some of each. */
const tapBurstPackets = 20;
const tapRingPackets = 16;
const tapIntervalMs = 20;
const pollMs = 250;

/** A test on the whole chain; skipped by name where a part of it is missing. */
export function stageTest(
  title: string,
  body: (t: ExecutionContext, stage: Stage, scope: Scope) => Promise<void>,
): void {
  if (cachedReleases().length === 0)
    test.skip(`${title} (skipped: prometheus: run scripts/fetch-prometheus.sh bookworm sid)`, () => {});
  else kernelTest(title, ['tun'], async (t, scope) => body(t, await setStage(scope), scope));
}

/** Asks until there are no complaints, or the limit is over; returns the last ones. */
export async function untilNone(
  complaints: () => Promise<readonly string[]>,
  limitSeconds: number,
  { signal }: Scope,
): Promise<readonly string[]> {
  const giveUpAt = performance.now() + limitSeconds * 1_000;
  for (;;) {
    const found = await complaints();
    if (found.length === 0 || performance.now() > giveUpAt) return found;
    await sleep(pollMs, undefined, { signal });
  }
}

async function setStage(scope: Scope): Promise<Stage> {
  const veth = await buildPath('veth', scope);
  const tun = await buildPath('tun', scope);
  const ground = new Ground(scope.cleanup);
  const tapNetns = await ground.netns();
  const tap = await UserDevice.add(ground, 'tap', tapNetns, 'tap0', 1);
  await ip('-n', tapNetns, 'link', 'set', 'tap0', 'txqueuelen', String(tapRingPackets));
  const send = sender(ground, tapNetns, rightAddress(1));

  const devices = [veth, tun].flatMap((path) =>
    path.devices.map(({ netns, device }) => `${netns}/${device}`),
  );
  const include = [...devices, `${tapNetns}/tap0`];
  const log = { directory: logDirectory(scope), interval: '1s' };
  const daemon = await RunningDaemon.start(
    { devices: { include }, log, journeys: { every: 1, quiet: '200ms' } },
    scope,
  );
  const target = new URL(daemon.url).host;
  const servers = await Promise.all(
    cachedReleases().map((release) =>
      PrometheusServer.start(release, { target, ruleFile: rulesFile }, scope),
    ),
  );
  for (const path of [veth, tun]) await primePath(path, scope);

  const load = async (packetsPerSecond: number, durationSeconds: number) => {
    const options = { packetsPerSecond, durationSeconds, frameBytes: 64 };
    await Promise.all([veth, tun].map((path) => offerLoad(path, options, scope)));
  };
  const keepLoaded = (packetsPerSecond: number) => {
    const end = new AbortController();
    // Where one of them fails, figures are missing, and the test says which.
    const tapEnded = Promise.allSettled([carryOverTap(tap, send, end.signal)]);
    void Promise.allSettled([load(packetsPerSecond, longerThanAnyTestSeconds)]);
    scope.cleanup.add('end the load of the tap', async () => {
      end.abort();
      await tapEnded;
    });
  };
  return { tun, daemon, servers, load, keepLoaded };
}

/** A place of its own, which the unprivileged service can write to. */
function logDirectory(scope: Scope): string {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-log-'));
  scope.cleanup.add(`remove ${directory}`, () => rmSync(directory, { recursive: true }));
  chmodSync(directory, 0o777);
  return directory;
}

async function carryOverTap(tap: UserDevice, send: (packets: number) => void, signal: AbortSignal) {
  while (!signal.aborted) {
    send(tapBurstPackets);
    await tap.readAll(tapRingPackets);
    await sleep(tapIntervalMs);
  }
}
