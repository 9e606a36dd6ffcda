// The real service follows packets over a tun forwarder: its metrics, a snapshot and its log tell the same of them.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { buildPath } from '../../../src/bench/buildPath.js';
import { primePath } from '../../../src/bench/load/offerLoad.js';
import type { Scope } from '../../../src/bench/scope.js';
import { scrape, wentBack } from '../../../src/bench/service/observe.js';
import { RunningDaemon } from '../../../src/bench/service/runDaemon.js';
import { findDaemon } from '../../../src/client/daemonClient.js';
import type { Snapshot } from '../../../src/measure/snapshot.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';
import { startLoad } from './serviceTest.js';

const quiet = '200ms';
const packetsPerSecond = 2_000;
const loadSeconds = 2;
/** For its journeys to be over. */
const settleMs = 1_500;

async function startFollowing(scope: Scope, every: number) {
  const path = await buildPath('tun', scope);
  const include = path.devices.map(({ netns, device }) => `${netns}/${device}`);
  const daemon = await RunningDaemon.start({ devices: { include }, journeys: { every, quiet } }, scope);
  await primePath(path, scope);
  await sleep(settleMs);
  const client = await findDaemon(daemon.socketPath);
  if (!client) throw new Error('no service at its socket');
  const snapshotWhile = async (work: () => Promise<void>): Promise<Snapshot> => {
    const ending = new AbortController();
    const taking = client.snapshot({ durationSeconds: 60, include: [], exclude: [], signal: ending.signal });
    await work();
    ending.abort();
    return taking;
  };
  return { path, daemon, snapshotWhile };
}

const isBalanced = (t: ExecutionContext, { journeys }: Snapshot) => {
  if (!journeys) return t.fail('nothing is followed');
  const { begun, whole, partial, ambiguous, evicted } = journeys;
  return t.is(begun, whole + partial + ambiguous + evicted, JSON.stringify(journeys));
};

kernelTest('legs of a forwarder: snapshot and metrics of one interval agree', ['tun'], async (t, scope) => {
  const { path, daemon, snapshotWhile } = await startFollowing(scope, 1);
  const before = await scrape(daemon.url);
  const snapshot = await snapshotWhile(async () => {
    const load = await startLoad({ daemon, path, scope }, packetsPerSecond, loadSeconds);
    await load.result();
    await sleep(settleMs);
  });
  const after = await scrape(daemon.url);
  isBalanced(t, snapshot);
  t.deepEqual(wentBack(before.counters, after.counters), []);
  const [tun0 = '', tun1 = ''] = path.devices.map(({ netns, device }) => `${netns}/${device}`);
  for (const leg of ['forwarder', 'end_to_end'] as const) {
    const line = snapshot.legs.find((one) => one.leg === leg) ?? t.fail(`no leg ${leg}`);
    t.like(line, { from: tun0, to: tun1 });
    // This host's tracepoints may pass over a few packets.
    t.true(line.count > 0.9 * packetsPerSecond * loadSeconds, `${line.count} legs`);
    const labels = `from="${tun0}",to="${tun1}",leg="${leg}"`;
    const metric = 'vifscope_leg_latency_seconds';
    const grown = (name: string) => (after.counters.get(name) ?? 0) - (before.counters.get(name) ?? 0);
    t.is(grown(`${metric}_count{${labels}}`), line.count);
    // Up to the last bound below the median fewer than half, up to the first above it half or more.
    const p50Seconds = (line.p50Ns ?? Number.NaN) / 1e9;
    const bounds = [...after.counters.keys()].flatMap((name) => {
      const [, bound] = /^vifscope_leg_latency_seconds_bucket\{le="([^"]+)",(.*)\}$/.exec(name) ?? [];
      return bound !== undefined && name.includes(labels)
        ? [[Number(bound.replace('+Inf', 'Infinity')), name] as const]
        : [];
    });
    const above = bounds.find(([bound]) => bound >= p50Seconds);
    const below = bounds.findLast(([bound]) => bound < p50Seconds);
    t.true(grown(above?.[1] ?? '') * 2 >= line.count, `${above} at p50 of ${p50Seconds}`);
    t.true(grown(below?.[1] ?? '') * 2 <= line.count, `${below} at p50 of ${p50Seconds}`);
  }
  t.is(after.counters.get('vifscope_journeys_total{outcome="evicted"}'), 0);
  await daemon.stop();
});

kernelTest('the interval log has a line for each leg', ['tun'], async (t, scope) => {
  const path = await buildPath('tun', scope);
  const include = path.devices.map(({ netns, device }) => `${netns}/${device}`);
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-log-'));
  scope.cleanup.add('remove the log', () => rmSync(directory, { recursive: true, force: true }));
  chmodSync(directory, 0o777);
  const daemon = await RunningDaemon.start(
    { devices: { include }, journeys: { every: 1, quiet }, log: { directory, interval: '1s' } },
    scope,
  );
  await primePath(path, scope);
  const load = await startLoad({ daemon, path, scope }, packetsPerSecond, loadSeconds);
  await load.result();
  await sleep(settleMs);
  await daemon.stop();
  const text = readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('');
  for (const leg of ['forwarder', 'end_to_end']) t.regex(text, new RegExp(`^Tag=[^,]*/${leg},`, 'm'));
});

kernelTest(
  'more events than the ring holds: fewer packets are followed, and every output says so',
  ['tun'],
  async (t, scope) => {
    const { path, daemon, snapshotWhile } = await startFollowing(scope, 1);
    const snapshot = await snapshotWhile(async () => {
      const load = await startLoad({ daemon, path, scope }, 50_000, 3);
      // What it doesn't take in, the ring has to hold: room for 131,072 events, of at least four a packet.
      daemon.signal('SIGSTOP');
      await sleep(2_000);
      daemon.signal('SIGCONT');
      await load.result();
      await sleep(settleMs);
    });
    isBalanced(t, snapshot);
    const { lostEvents = 0, every = 1 } = snapshot.journeys ?? {};
    t.true(lostEvents > 0);
    t.true(every > 1);
    const text = await (await fetch(`${daemon.url}/metrics`)).text();
    const [, told] = /^vifscope_journeys_every (\d+)$/m.exec(text) ?? [];
    t.true(Number(told) > 1, `one packet in ${told}`);
    const { counters } = await scrape(daemon.url);
    t.true((counters.get('vifscope_journey_events_lost_total') ?? 0) >= lostEvents);
    await daemon.stop();
  },
);
