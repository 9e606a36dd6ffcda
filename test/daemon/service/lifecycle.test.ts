import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HistogramLogReader } from 'hdr-histogram-js';
import { buildPath } from '../../../src/bench/buildPath.js';
import { primePath } from '../../../src/bench/load/offerLoad.js';
import { scrape, wentBack } from '../../../src/bench/service/observe.js';
import { RunningDaemon } from '../../../src/bench/service/runDaemon.js';
import { waitUntil } from '../../bench/realHost.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';
import { serviceTest, startLoad } from './serviceTest.js';

const metric = async (url: string, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? Number.NaN);
};

/** What is promised of SIGTERM. */
const endedWithinSeconds = 2;

serviceTest('SIGTERM under load, then Ctrl-C: gone in order, nothing left behind', {}, async (t, stage) => {
  const { daemon } = stage;
  await primePath(stage.path, stage.scope);
  const load = await startLoad(stage, 20_000, 10);
  const answer = fetch(`${daemon.url}/api/v1/snapshot?duration=60`);
  const startedMs = performance.now();
  await waitUntil(() => performance.now() - startedMs > 500, 2);
  const toldMs = performance.now();
  daemon.signal('SIGTERM');
  // Who is impatient changes nothing.
  daemon.signal('SIGINT');
  t.is((await answer).status, 200, 'the snapshot under way is answered');
  t.regex(await daemon.ended, /^ended with status 0/);
  t.true(performance.now() - toldMs < endedWithinSeconds * 1_000);
  t.false(readdirSync(daemon.directory).includes('control.sock'));
  await load.stop();
});

serviceTest('kill -9: the next one takes the stale socket over', {}, async (t, { daemon, scope }) => {
  daemon.signal('SIGKILL');
  t.regex(await daemon.ended, /137|SIGKILL/);
  t.true(readdirSync(daemon.directory).includes('control.sock'), 'a stale socket is left');
  const next = await RunningDaemon.start({ control: { socket: daemon.socketPath } }, scope);
  t.is((await fetch(`${next.url}/readyz`)).status, 200);
});

serviceTest(
  'a second service on the same socket is refused, and the first serves on',
  {},
  async (t, stage) => {
    const { daemon, scope } = stage;
    const second = RunningDaemon.start({ control: { socket: daemon.socketPath } }, scope);
    const error = await t.throwsAsync(second);
    t.regex(error?.message ?? '', /another daemon listens there/);
    t.is((await fetch(`${daemon.url}/readyz`)).status, 200);
  },
);

serviceTest('a reload: a right file is taken, a wrong one is not', {}, async (t, { daemon, path, scope }) => {
  await primePath(path, scope);
  const devices = () => metric(daemon.url, 'vifscope_devices\\{kind="veth"\\}');
  t.is(await devices(), 2);
  let from = daemon.said.length;
  daemon.changeConfig({ devices: { include: ['no-such-*'] }, metrics: { bounds: [0.001, 0.1] } });
  daemon.signal('SIGHUP');
  await daemon.untilSaid(/changed: devices\.include, metrics\.bounds/, 5, from);
  t.is(await devices(), 0);
  t.is(await metric(daemon.url, 'vifscope_config_last_reload_successful'), 1);

  from = daemon.said.length;
  daemon.changeConfig({ devices: { includes: [] } });
  daemon.signal('SIGHUP');
  await daemon.untilSaid(/vifscope\.yaml:\d+: devices\.includes/, 5, from);
  t.is(await metric(daemon.url, 'vifscope_config_last_reload_successful'), 0);
  t.is(await devices(), 0, 'the old patterns hold');
  await primePath(path, scope);
  t.is(await devices(), 0, 'for new packets too');
  daemon.changeConfig({
    devices: { include: path.devices.map(({ netns, device }) => `${netns}/${device}`) },
  });
  daemon.signal('SIGHUP');
  await daemon.untilSaid(/changed: devices\.include/, 5, from);
  await primePath(path, scope);
  t.is(await devices(), 2);
  await primePath(path, scope);
  const text = await (await fetch(`${daemon.url}/metrics`)).text();
  const bounds = /^vifscope_segment_latency_seconds_bucket\{le="([^"]+)",device="veth1".*segment="backlog"/gm;
  t.is(new Set([...text.matchAll(bounds)].map(([, le]) => le)).size, 3, 'two bounds and +Inf');
  t.is((await fetch(`${daemon.url}/readyz`)).status, 200);
});

serviceTest('new bounds under load: no counter goes back', {}, async (t, stage) => {
  const { daemon } = stage;
  await primePath(stage.path, stage.scope);
  const load = await startLoad(stage, 20_000, 10);
  let last = await scrape(daemon.url);
  for (const bounds of [[1e-6, 1e-3], [1e-7, 1e-6, 1e-5, 1e-3, 1], null]) {
    const from = daemon.said.length;
    daemon.changeConfig({ metrics: { bounds } });
    daemon.signal('SIGHUP');
    await daemon.untilSaid(/configuration read again/, 5, from);
    const now = await scrape(daemon.url);
    t.deepEqual(wentBack(last.counters, now.counters), []);
    last = now;
  }
  await load.stop();
});

kernelTest('directories on the way to the control socket are made for the service', [], async (t, scope) => {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-nested-'));
  scope.cleanup.add('remove the directories', () => rmSync(directory, { recursive: true, force: true }));
  chmodSync(directory, 0o755);
  const socket = join(directory, 'a/b/control.sock');
  const daemon = await RunningDaemon.start({ control: { socket } }, scope);
  t.true(statSync(socket).isSocket());
  for (const path of ['a', 'a/b']) t.is(statSync(join(directory, path)).uid, statSync(socket).uid, path);
  await daemon.stop();
});

kernelTest('the interval log holds every packet, the last interval included', [], async (t, scope) => {
  const path = await buildPath('veth', scope);
  const include = path.devices.map(({ netns, device }) => `${netns}/${device}`);
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-log-'));
  scope.cleanup.add('remove the log', () => rmSync(directory, { recursive: true, force: true }));
  chmodSync(directory, 0o777);
  const daemon = await RunningDaemon.start(
    { devices: { include }, log: { directory, interval: '1s' } },
    scope,
  );
  await primePath(path, scope);
  const load = await startLoad({ path, daemon, scope }, 10_000, 3);
  await load.result();
  const { counters } = await scrape(daemon.url);
  const isBacklog = (name: string) => name.includes('_seconds_count{') && name.includes('"backlog"');
  const matched = [...counters].filter(([name]) => isBacklog(name)).map(([, value]) => value);
  t.is(matched.length, 1);
  daemon.signal('SIGTERM');
  await daemon.ended;
  const [file = ''] = readdirSync(directory);
  const reader = new HistogramLogReader(readFileSync(join(directory, file), 'utf8'));
  const counts: number[] = [];
  for (let next = reader.nextIntervalHistogram(); next; next = reader.nextIntervalHistogram())
    if (next.tag?.endsWith('veth1/backlog')) counts.push(next.totalCount);
  t.true(counts.length >= 3, `${counts.length} intervals`);
  t.is(
    counts.reduce((sum, count) => sum + count, 0),
    matched[0] ?? Number.NaN,
  );
});
