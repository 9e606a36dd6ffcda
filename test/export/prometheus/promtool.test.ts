import { spawnSync } from 'node:child_process';
import type { SeriesReading } from '../../../src/measure/series.js';
import { cachedReleases } from '../../grafana/support/prometheusServer.js';
import { SampleDevice } from '../../measure/sampleIncrement.js';
import { awkwardName, readingOf, sampleExposition, sampleReading } from './sampleExposition.js';
import { releaseTest } from './scrapingPrometheus.js';

const readings: Readonly<Record<string, () => SeriesReading>> = {
  'every metric': () => readingOf(new SampleDevice('tap0', 'guest', 'tap'), [500, 5_000_000, 6e10]),
  'no device': () => sampleReading(),
  'a device that has counted nothing': () => readingOf(new SampleDevice('veth0'), []),
  'a name of awkward characters': () => readingOf(new SampleDevice(awkwardName, awkwardName), [500]),
};

for (const [title, read] of Object.entries(readings))
  releaseTest(`promtool finds no fault: ${title}`, cachedReleases(), async (t, { promtool }) => {
    const exposition = sampleExposition({ read });
    // The second one tells how long the first one took.
    await exposition.scrape('identity');
    const input = await exposition.scrape('identity');
    const { status, stdout, stderr, error } = spawnSync(promtool, ['check', 'metrics'], { input });
    t.is(error, undefined);
    t.deepEqual({ status, said: `${stdout}${stderr}` }, { status: 0, said: '' });
  });

releaseTest('promtool would have found one', cachedReleases(), (t, { promtool }) => {
  const input = '# HELP vifscope_drops x\n# TYPE vifscope_drops counter\nvifscope_drops 1\n';
  const { status, stderr } = spawnSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' });
  t.not(status, 0);
  t.regex(stderr, /_total/);
});
