import type { Scope } from '../../src/bench/scope.js';
import type { SegmentLine, Snapshot } from '../../src/measure/snapshot.js';
import { pauseProcess } from '../kernel/support/pausing.js';
import { expressionsOf, filled, readDashboards } from './support/dashboards.js';
import type { PrometheusServer, Sample } from './support/prometheusServer.js';
import { stageTest, untilNone } from './support/stage.js';

const panels = readDashboards().flatMap(expressionsOf);

/** What a panel of the overview shows, with a rate interval of 5 s. */
function shown(server: PrometheusServer, panel: string): Promise<Sample[]> {
  const expression = panels.find(({ where }) => where === `vifscope / Overview, ${panel}`)?.expression;
  if (expression === undefined) throw new Error(`no panel ${panel}`);
  return server.query(filled(expression, { job: 'vifscope', instance: '.+', __rate_interval: '5s' }));
}

/** The greatest value of these panels, of one device or of all; 0 where they show none. */
async function greatest(
  server: PrometheusServer,
  names: readonly string[],
  device?: string,
): Promise<number> {
  const samples = (await Promise.all(names.map((name) => shown(server, name)))).flat();
  const wanted = samples.filter(({ labels }) => device === undefined || labels.device === device);
  return Math.max(0, ...wanted.map(({ value }) => value).filter(Number.isFinite));
}

const tunPanels = ['tun ring p99 by device, A'];
const vethPanels = [
  'veth backlog p99 by device, A',
  ...['A', 'B', 'C', 'D'].map((q) => `veth backlog wait, ${q}`),
];

stageTest('a stopped forwarder moves its own ring, and no veth', async (t, stage, scope) => {
  stage.keepLoaded(1_000);
  const isShown = async (server: PrometheusServer) => {
    const waits = [await greatest(server, tunPanels, 'tun0'), await greatest(server, vethPanels)];
    return waits.every((seconds) => seconds > 0) ? [] : [server.suite];
  };
  for (const server of stage.servers) t.deepEqual(await untilNone(() => isShown(server), 10, scope), []);

  const { atLeastNs } = await pauseProcess(stage.tun.middlePid ?? 0, 800, scope);
  const limitSeconds = atLeastNs / 1e9 / 2;
  const check = async (server: PrometheusServer) => {
    const hasMoved = async () => {
      const tunSeconds = await greatest(server, tunPanels, 'tun0');
      // Its ring was too short for the load: a counter that begins then, and shows once it has been scraped twice.
      const drops = await shown(server, 'tun drops by reason, A');
      return tunSeconds > limitSeconds && drops.length > 0 ? [] : [JSON.stringify({ tunSeconds, drops })];
    };
    t.deepEqual(await untilNone(hasMoved, 8, scope), [], server.suite);
    t.true((await greatest(server, vethPanels)) < limitSeconds, server.suite);
  };
  await Promise.all(stage.servers.map(check));
});

const snapshotSeconds = 6;
const counts = 'vifscope_segment_latency_seconds_count';
const buckets = 'vifscope_segment_latency_seconds_bucket';

stageTest("Prometheus's percentiles are the snapshot's, but for one bucket", async (t, stage, scope) => {
  const { servers, daemon } = stage;
  const before = await Promise.all(servers.map((server) => nextScrape(server, scope)));
  const answer = fetch(`${daemon.url}/api/v1/snapshot?duration=${snapshotSeconds}`);
  // Its processes take a while to start: the snapshot has begun by then, as the equal counts below show.
  await stage.load(2_000, 2);
  const { segments } = (await (await answer).json()) as Snapshot;
  const lines = segments.filter(({ count }) => count > 1_000);
  t.deepEqual(lines.map(({ device, segment }) => `${device} ${segment}`).sort(), [
    'tun0 driver',
    'tun0 qdisc',
    'tun0 ring',
    'tun1 backlog',
    'veth0 driver',
    'veth1 backlog',
  ]);
  for (const [at, server] of servers.entries()) {
    const after = await nextScrape(server, scope);
    const bounds = (await server.labelValues(buckets, 'le')).map(Number).sort((a, b) => a - b);
    const bucketOf = (seconds: number) => bounds.findIndex((bound) => seconds <= bound);
    for (const line of lines) {
      const passed = (metric: string) =>
        `(${metric}${only(line)} @ ${after} - ${metric}${only(line)} @ ${before[at]})`;
      const ask = async (expression: string) => (await server.query(expression))[0]?.value ?? Number.NaN;
      t.is(await ask(passed(counts)), line.count, only(line));
      for (const [quantile, ns] of [
        [0.5, line.p50Ns],
        [0.99, line.p99Ns],
      ] as const) {
        const seconds = await ask(`histogram_quantile(${quantile}, ${passed(buckets)})`);
        const apart = Math.abs(bucketOf(seconds) - bucketOf((ns ?? Number.NaN) / 1e9));
        t.true(apart <= 1, `${only(line)} p${100 * quantile}: ${seconds} s, ${ns} ns`);
      }
    }
  }
});

const only = ({ device, netns, segment }: SegmentLine) =>
  `{device="${device}", netns="${netns}", segment="${segment}"}`;

/** Waits until all series have been scraped once more. @returns when that was, in seconds since the epoch */
async function nextScrape(server: PrometheusServer, scope: Scope): Promise<number> {
  const calledAt = Date.now() / 1_000;
  let scrapedAt = 0;
  const isToCome = async () => {
    scrapedAt = (await server.query(`min(timestamp(${counts}))`))[0]?.value ?? 0;
    return scrapedAt > calledAt ? [] : ['no scrape yet'];
  };
  const left = await untilNone(isToCome, 10, scope);
  if (left.length > 0) throw new Error(`${server.suite}: ${left}`);
  return scrapedAt;
}
