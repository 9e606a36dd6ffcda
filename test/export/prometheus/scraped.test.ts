import type { ExecutionContext } from 'ava';
import { snapBounds } from '../../../src/measure/bounds.js';
import { cachedReleases } from '../../grafana/support/prometheusServer.js';
import { SampleDevice } from '../../measure/sampleIncrement.js';
import { awkwardName, readingOf, sampleExposition } from './sampleExposition.js';
import { isThird, releaseTest, type ScrapingPrometheus, serve, startScraping } from './scrapingPrometheus.js';

const latency = 'vifscope_segment_latency_seconds';
const waitsNs = [500, 5_000, 5_000, 5_000, 5_000_000];
const device = new SampleDevice(awkwardName, 'host', 'tap');
const exposition = () => sampleExposition({ read: () => readingOf(device, waitsNs) });
const sumSeconds = waitsNs.reduce((sum, ns) => sum + ns, 0) / 1e9;

/** The bucket of the third of five waits, interpolated: 1 of its 3 is not needed for the half. */
function medianSeconds(): number {
  const bounds = snapBounds(null);
  const at = bounds.findIndex((bound) => bound >= 5_000);
  const [below = 0, above = 0] = bounds.slice(at - 1, at + 1);
  return (below + ((above - below) * (waitsNs.length / 2 - 1)) / 3) / 1e9;
}

async function checkValue(
  t: ExecutionContext,
  prometheus: ScrapingPrometheus,
  expression: string,
  wanted: number,
): Promise<void> {
  const samples = await prometheus.query(expression);
  t.is(samples.length, 1, expression);
  const [sample] = samples;
  t.is(sample?.labels.device, awkwardName, expression);
  const value = sample?.value ?? Number.NaN;
  t.true(Math.abs(value / wanted - 1) < 1e-9, `${expression}: ${value} for ${wanted}`);
}

releaseTest('Prometheus takes the classic histogram', cachedReleases(), async (t, release, scope) => {
  const served = exposition();
  const target = await serve(() => served.scrape('identity'), scope);
  const prometheus = await startScraping(release, [{ job_name: 'vifscope' }], [], target, scope);
  await checkValue(t, prometheus, `${latency}_count`, waitsNs.length);
  await checkValue(t, prometheus, `${latency}_sum`, sumSeconds);
  await checkValue(t, prometheus, `histogram_quantile(0.5, ${latency}_bucket)`, medianSeconds());
  await checkValue(t, prometheus, 'vifscope_segment_latency_max_seconds', 0.005);
  await checkValue(t, prometheus, 'vifscope_stamps_total{outcome="matched"}', waitsNs.length);
});

releaseTest(
  'Prometheus 3 makes a native histogram of exactly our bounds, alone or beside the classic one',
  cachedReleases().filter(isThird),
  async (t, release, scope) => {
    const served = exposition();
    const target = await serve(() => served.scrape('identity'), scope);
    const convert_classic_histograms_to_nhcb = true;
    const jobs = [
      { job_name: 'native', convert_classic_histograms_to_nhcb },
      { job_name: 'both', convert_classic_histograms_to_nhcb, always_scrape_classic_histograms: true },
    ];
    const words = ['--enable-feature=native-histograms'];
    const prometheus = await startScraping(release, jobs, words, target, scope);
    for (const { job_name } of jobs) {
      const series = `${latency}{job="${job_name}"}`;
      await checkValue(t, prometheus, `histogram_count(${series})`, waitsNs.length);
      await checkValue(t, prometheus, `histogram_sum(${series})`, sumSeconds);
      await checkValue(t, prometheus, `histogram_quantile(0.5, ${series})`, medianSeconds());
    }
    await checkValue(
      t,
      prometheus,
      `histogram_quantile(0.5, ${latency}_bucket{job="both"})`,
      medianSeconds(),
    );
    const withClassic = await prometheus.query(`group by (job) (${latency}_bucket)`);
    t.deepEqual(
      withClassic.map(({ labels }) => labels.job),
      ['both'],
    );
  },
);
