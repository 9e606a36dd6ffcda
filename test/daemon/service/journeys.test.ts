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
import { snapshotHlog } from '../../../src/export/hlog.js';
import { paintFor } from '../../../src/export/paint.js';
import { remarkLines } from '../../../src/export/remarks.js';
import type { Snapshot } from '../../../src/measure/snapshot.js';
import { run } from '../../cli/vifscope.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';
import { startLoad } from './serviceTest.js';

const quiet = '200ms';
const packetsPerSecond = 2_000;
const loadSeconds = 2;
/** For its journeys to be over. */
const settleMs = 1_500;

async function startFollowing(scope: Scope, every: number, log: object = {}) {
  const path = await buildPath('tun', scope);
  const include = path.devices.map(({ netns, device }) => `${netns}/${device}`);
  const daemon = await RunningDaemon.start({ devices: { include }, journeys: { every, quiet }, log }, scope);
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

/** In which the service, which is nobody, writes. */
function logDirectory({ cleanup }: Scope): string {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-log-'));
  cleanup.add('remove the log', () => rmSync(directory, { recursive: true, force: true }));
  chmodSync(directory, 0o777);
  return directory;
}

const textIn = (directory: string): string =>
  readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('');

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
  const directory = logDirectory(scope);
  const daemon = await RunningDaemon.start(
    { devices: { include }, journeys: { every: 1, quiet }, log: { directory, interval: '1s' } },
    scope,
  );
  await primePath(path, scope);
  const load = await startLoad({ daemon, path, scope }, packetsPerSecond, loadSeconds);
  await load.result();
  await sleep(settleMs);
  await daemon.stop();
  const text = textIn(directory);
  t.regex(text, /^#\[Journeys: every packet\]$/m);
  for (const leg of ['forwarder', 'end_to_end']) t.regex(text, new RegExp(`^Tag=[^,]*/${leg},`, 'm'));
});

kernelTest(
  'more events than the ring holds: fewer packets are followed, and every output says so',
  ['tun'],
  async (t, scope) => {
    const directory = logDirectory(scope);
    const log = { directory, interval: '1s' };
    const { path, daemon, snapshotWhile } = await startFollowing(scope, 1, log);
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
    t.like(snapshot.journeys, { everyLeast: 1, everyMost: every });
    const range = `one packet in 1 to ${every}, in ${every} at the end`;
    t.true(remarkLines(snapshot, paintFor(false)).some((line) => line.startsWith(`Journeys: ${range}`)));
    t.true(snapshotHlog(snapshot).includes(`\n#[Journeys: ${range}]\n`));
    // Until ten seconds have passed without a loss the rate stays as it is.
    const rate = `one packet in ${every}`;
    const hlogPath = join(directory, 'own.txt');
    const asked = ['snapshot', '--socket', daemon.socketPath, '--duration', '500ms', '--hlog', hlogPath];
    const [table, csv] = [await run(t, asked), await run(t, [...asked, '--csv'])];
    t.regex(table.stdout, new RegExp(`^Journeys: ${rate}:`, 'm'));
    t.regex(csv.stderr, new RegExp(`^vifscope: CSV has segments only: .*\\(${rate} followed\\)`, 'm'));
    t.true(readFileSync(hlogPath, 'utf8').includes(`\n#[Journeys: ${rate}]\n`));
    const text = await (await fetch(`${daemon.url}/metrics`)).text();
    const [, told] = /^vifscope_journeys_every (\d+)$/m.exec(text) ?? [];
    t.is(Number(told), every);
    const { counters } = await scrape(daemon.url);
    t.true((counters.get('vifscope_journey_events_lost_total') ?? 0) >= lostEvents);
    await daemon.stop();
    t.regex(textIn(directory), /^#\[Journeys: one packet in 1 to \d+, in \d+ at the end\]$/m);
    t.regex(textIn(directory), new RegExp(`^#\\[Journeys: ${rate}\\]$`, 'm'));
  },
);
