// HdrHistogram's own tool on a log of the service, called as docs/configuration.md calls it.
import { execFileSync } from 'node:child_process';
import { accessSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { reasonOf } from '../../../src/errors.js';
import { bucketIndexOf, highestValueOf } from '../../../src/measure/hdr.js';
import { sampleSnapshot, segmentLine } from '../../export/sampleSnapshot.js';
import { packageRoot } from '../../grafana/support/dashboards.js';
import { logsIn, makeDirectory, openLog } from './place.js';

/** Where Debian's libhdrhistogram-java puts it. */
const jar = '/usr/share/java/hdrhistogram.jar';
const startMs = Date.parse('2026-01-02T03:04:05Z');
const intervals = 3;
const latenciesNs = [1_000, 2_000, 3_000, 40_000, 5_000_000];

function missingHere(): string | null {
  try {
    accessSync(jar);
    execFileSync('java', ['-version'], { stdio: 'ignore' });
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

const title = "HdrHistogram's log processor reads the log of the service, and finds what was counted";
const missing = missingHere();
if (missing !== null) test.skip(`${title} (skipped: ${missing})`, () => {});
else
  test(title, async (t) => {
    const directory = makeDirectory(t);
    const { log } = openLog(t, directory);
    for (let number = 0; number < intervals; number++) {
      const segments = [
        segmentLine({ device: 'veth0', netns: 'host', segment: 'backlog' }, ...latenciesNs),
        segmentLine({ device: 'veth0', netns: 'host', segment: 'driver' }, 7),
      ];
      const startedAt = new Date(startMs + 1_000 * number).toISOString();
      log.append(sampleSnapshot({ startedAt, durationSeconds: 1, segments }));
      await log.written();
    }
    const [name = ''] = logsIn(directory);
    const documented = /^java (-cp .*) \\\n {2}-i \S+ (-tag .*)$/m.exec(
      readFileSync(join(packageRoot, 'docs/configuration.md'), 'utf8'),
    );
    const [, before = '', after = ''] = documented ?? [];
    const args = [...before.split(' '), '-i', join(directory, name), ...after.split(' ')];
    const said = execFileSync('java', args, { encoding: 'utf8', timeout: 60_000 });
    const figure = (pattern: RegExp) => Number(pattern.exec(said)?.[1] ?? Number.NaN);
    const edgeOf = (ns: number) => highestValueOf(bucketIndexOf(ns));
    t.is(figure(/Total count\s*=\s*(\d+)/), intervals * latenciesNs.length, said);
    t.is(figure(/^#\[Max\s*=\s*([\d.]+)/m), edgeOf(5_000_000), said);
    t.is(figure(/^\s*([\d.]+)\s+0\.50*\s/m), edgeOf(3_000), said);
  });
