import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { SampleDevice } from '../../measure/sampleIncrement.js';
import { readingOf, sampleExposition, sampleReading } from './sampleExposition.js';

const labels = 'device="veth0",netns="host",kind="veth",segment="backlog"';
const scraped = async (parts: Parameters<typeof sampleExposition>[0] = {}) =>
  (await sampleExposition(parts).scrape('identity')).split('\n');

test('a histogram has every bound in rising order, and its count is its last bucket', async (t) => {
  const lines = await scraped();
  const buckets = lines
    .map((line) => /^vifscope_segment_latency_seconds_bucket\{le="([^"]+)",(.*)\} (\d+)$/.exec(line))
    .flatMap((found) => (found ? [found.slice(1)] : []));
  t.is(buckets.length, 46);
  t.true(buckets.every(([, rest]) => rest === labels));
  const bounds = buckets.map(([le = '']) => (le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)));
  t.deepEqual(
    bounds,
    bounds.toSorted((a, b) => a - b),
  );
  for (const [at, bound] of bounds.entries())
    t.is(Number(buckets[at]?.[2]), [500e-9, 5e-6, 5e-3].filter((seconds) => seconds <= bound).length);
  t.true(lines.includes(`vifscope_segment_latency_seconds_count{${labels}} 3`));
  t.true(lines.includes(`vifscope_segment_latency_seconds_sum{${labels}} 0.0050055`));
});

test('every other metric has its labels and value', async (t) => {
  const lines = new Set(await scraped());
  for (const line of [
    `vifscope_segment_latency_max_seconds{${labels}} 0.005`,
    `vifscope_stamps_total{${labels},outcome="started"} 5`,
    `vifscope_stamps_total{${labels},outcome="matched"} 3`,
    `vifscope_stamps_total{${labels},outcome="dropped"} 1`,
    `vifscope_stamps_total{${labels},outcome="unmatched"} 0`,
    `vifscope_in_flight_packets{${labels}} 1`,
    'vifscope_drops_total{device="veth0",netns="host",kind="veth",reason="NO_SOCKET"} 3',
    'vifscope_hook_info{hook="net_dev_queue",mechanism="tp_btf",state="attached"} 1',
    'vifscope_hook_info{hook="tun_get_user",mechanism="none",state="missing"} 1',
    'vifscope_build_info{version="0.1.0",libbpf="1.1.2",kernel="6.1.0",node="v20.20.2"} 1',
    'vifscope_devices{kind="veth"} 1',
    'vifscope_devices{kind="other"} 0',
    'vifscope_reading_duration_seconds 0.001',
    'vifscope_scrapes_total 1',
    'vifscope_config_last_reload_successful 1',
    'vifscope_config_last_reload_success_timestamp_seconds 1767323045',
    'vifscope_interval_log_intervals_total 12',
    'vifscope_interval_log_lost_intervals_total 1',
    '# TYPE vifscope_segment_latency_seconds histogram',
    '# TYPE vifscope_stamps_total counter',
    '# TYPE vifscope_in_flight_packets gauge',
  ])
    t.true(lines.has(line), line);
});

test("the process's own figures are true", async (t) => {
  const lines = await scraped();
  const figure = (name: string) => Number(lines.find((line) => line.startsWith(`${name} `))?.split(' ')[1]);
  const startedAt = Date.now() / 1_000 - process.uptime();
  t.true(Math.abs(figure('process_start_time_seconds') - startedAt) < 1);
  t.true(figure('process_cpu_seconds_total') > 0);
  t.true(figure('process_open_fds') > 2);
  t.true(figure('process_resident_memory_bytes') > 2 ** 20);
});

test('what has no value is left out', async (t) => {
  const has = (lines: readonly string[], name: string) => lines.some((line) => line.startsWith(name));
  const lastReload = { successful: false, lastSuccessAt: new Date(0) };
  const lines = await scraped({
    read: () => readingOf(new SampleDevice('veth0'), []),
    service: () => ({
      lastReload,
      log: null,
      asked: { turnedAway: 0, cutOff: 0, refused: 0 },
      snapshotsRefused: 0,
    }),
  });
  t.true(has(lines, `vifscope_segment_latency_seconds_count{${labels}} 0`));
  t.false(has(lines, 'vifscope_segment_latency_max_seconds'));
  t.false(has(lines, 'vifscope_interval_log_intervals_total '));
  t.false(has(lines, 'vifscope_interval_log_lost_intervals_total '));
  t.false(has(lines, 'vifscope_scrape_duration_seconds '), 'there was no scrape before');
  t.true(has(lines, 'vifscope_config_last_reload_successful 0'));
});

test('a device that is gone leaves the text', async (t) => {
  const readings = [readingOf(new SampleDevice('veth0'), [1]), sampleReading()];
  const exposition = sampleExposition({ read: () => readings.shift() ?? sampleReading() });
  t.true((await exposition.scrape('identity')).includes('veth0'));
  t.false((await exposition.scrape('identity')).includes('veth0'));
});

test('scrapes at the same time share one reading, one text and one compression', async (t) => {
  let readings = 0;
  const exposition = sampleExposition({ read: () => sampleReading({ unlearnedHookRuns: ++readings }) });
  const [plain, gzipped, plainToo, gzippedToo] = await Promise.all([
    exposition.scrape('identity'),
    exposition.scrape('gzip'),
    exposition.scrape('identity'),
    exposition.scrape('gzip'),
  ]);
  t.is(readings, 1);
  t.is(plainToo, plain);
  t.is(gzippedToo, gzipped);
  t.is(gunzipSync(gzipped).toString(), plain);

  const next = await exposition.scrape('identity');
  t.is(readings, 2);
  t.regex(next, /^vifscope_unlearned_hook_runs_total 2$/m);
  t.regex(next, /^vifscope_scrapes_total 2$/m);
  t.regex(next, /^vifscope_scrape_duration_seconds \d/m);
});

test('the text of a scrape stays as it is while it is compressed, whoever scrapes meanwhile', async (t) => {
  let readings = 0;
  const exposition = sampleExposition({ read: () => sampleReading({ unlearnedHookRuns: ++readings }) });
  const compressing = exposition.scrape('gzip');
  // This one has its text at once, and must not leave the memory to the next.
  await exposition.scrape('identity');
  const next = exposition.scrape('identity');
  const text = gunzipSync(await compressing).toString();
  t.regex(text, /^vifscope_unlearned_hook_runs_total 1$/m);
  t.is(await next, text);
  t.regex(await exposition.scrape('identity'), /^vifscope_unlearned_hook_runs_total 2$/m);
});

test('a reading that fails fails the scrapes that wait for it, and not the next', async (t) => {
  let isBroken = true;
  const read = () => {
    if (isBroken) throw new Error('unmapped');
    return sampleReading();
  };
  const exposition = sampleExposition({ read });
  const both = await Promise.allSettled([exposition.scrape('identity'), exposition.scrape('gzip')]);
  t.deepEqual(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  isBroken = false;
  t.regex(await exposition.scrape('identity'), /^vifscope_build_info/m);
});
