import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { families } from '../../../src/export/prometheus/families.js';
import { packageRoot } from '../../grafana/support/dashboards.js';
import { cachedReleases } from '../../grafana/support/prometheusServer.js';
import { SampleDevice } from '../../measure/sampleIncrement.js';
import { followingOf, readingOf, sampleExposition } from './sampleExposition.js';
import { isThird, releaseTest, temporaryFolder } from './scrapingPrometheus.js';

const page = readFileSync(join(packageRoot, 'docs/metrics.md'), 'utf8');
const rows = [...page.matchAll(/^\| `(\w+)` \| (\w+) \| ([\w, ]*)\|/gm)].map(
  ([, name = '', type = '', labels = '']) => ({ name, type, labels: labels.trim() }),
);

test('docs/metrics.md lists every metric with its type, and no other', (t) => {
  const sorted = (metrics: readonly { name: string; type: string }[]) =>
    metrics.map(({ name, type }) => `${name} ${type}`).toSorted();
  t.deepEqual(sorted(rows), sorted(families));
});

test('docs/metrics.md names the labels that each has', async (t) => {
  const read = () => ({ ...readingOf(new SampleDevice('veth0'), [1]), following: followingOf([1]) });
  const exposition = sampleExposition({ read });
  await exposition.scrape('identity');
  const lines = (await exposition.scrape('identity')).split('\n');
  for (const { name, type, labels } of rows) {
    const line = lines.find((text) => text.replace(/_count(?=\{)/, '').match(/^\w+/)?.[0] === name);
    const found = [...(line ?? '').matchAll(/(\w+)="/g)].map(([, label]) => label);
    t.truthy(line, name);
    t.is(found.join(', '), labels, `${name}, a ${type}`);
  }
});

test('docs/metrics.md counts the series of a segment and of the service rightly', async (t) => {
  const exposition = sampleExposition();
  await exposition.scrape('identity');
  const lines = (await exposition.scrape('identity')).split('\n').filter((line) => /^\w/.test(line));
  const ofSegment = lines.filter((line) => line.includes('segment="'));
  const ofService = lines.filter((line) => !/device="|^vifscope_hook_info/.test(line));
  t.true(page.includes(`in flight; ${ofSegment.length} with the built-in bounds`), `${ofSegment.length}`);
  const followed = sampleExposition({
    read: () => ({ ...readingOf(new SampleDevice('veth0'), [1]), following: followingOf([1]) }),
  });
  const ofFollowing = (await followed.scrape('identity'))
    .split('\n')
    .filter((line) => /^vifscope_journey/.test(line));
  const ofLeg = (await followed.scrape('identity')).split('\n').filter((line) => line.includes('leg="'));
  t.true(page.includes(`| following packets | ${ofFollowing.length} and`), `${ofFollowing.length}`);
  t.true(page.includes(`the maximum; ${ofLeg.length} with the built-in bounds`), `${ofLeg.length}`);
  t.true(page.includes(`| the service | ${ofService.length} and one for each hook |`), `${ofService.length}`);
});

const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
const [classic = '', native = ''] = examples;
for (const [title, example, releases] of [
  ['classic', classic, cachedReleases()],
  ['native', native, cachedReleases().filter(isThird)],
] as const)
  releaseTest(
    `promtool takes the ${title} example of docs/metrics.md`,
    releases,
    (t, { promtool }, scope) => {
      const file = join(temporaryFolder(scope), 'prometheus.yml');
      writeFileSync(file, example);
      const { status, stderr } = spawnSync(promtool, ['check', 'config', file], { encoding: 'utf8' });
      t.is(status, 0, stderr);
      t.true(example.includes('job_name: vifscope'));
    },
  );
