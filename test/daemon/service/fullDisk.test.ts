import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { buildPath } from '../../../src/bench/buildPath.js';
import { primePath } from '../../../src/bench/load/offerLoad.js';
import { type Scrape, scrape, wentBack } from '../../../src/bench/service/observe.js';
import { RunningDaemon } from '../../../src/bench/service/runDaemon.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';
import { smallDiskMissing, withSmallDisk } from '../log/place.js';
import { startLoad } from './serviceTest.js';

const title = 'the disk of the interval log is full: lost intervals are counted, and all else goes on';
const missing = smallDiskMissing();
const mostTurns = 100;

const written = ({ counters }: Scrape) => counters.get('vifscope_interval_log_intervals_total') ?? Number.NaN;
const lost = ({ counters }: Scrape) =>
  counters.get('vifscope_interval_log_lost_intervals_total') ?? Number.NaN;

/** Writes until nothing more goes in. */
function fill(path: string): void {
  for (let page = 0; page < 1_000; page++)
    try {
      writeFileSync(path, Buffer.alloc(4_096), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  throw new Error(`${path} has no end`);
}

if (missing !== null) test.skip(`${title} (skipped: ${missing})`, () => {});
else
  kernelTest(title, [], async (t, scope) => {
    await withSmallDisk(async (directory) => {
      const path = await buildPath('veth', scope);
      const include = path.devices.map(({ netns, device }) => `${netns}/${device}`);
      const daemon = await RunningDaemon.start(
        { devices: { include }, log: { directory, interval: '1s' } },
        scope,
      );
      await primePath(path, scope);
      const load = await startLoad({ path, daemon, scope }, 5_000, 50);
      let last = await scrape(daemon.url);
      /** Scrapes, each of which is to be answered, until one fits. */
      const until = async (fits: (now: Scrape) => boolean) => {
        for (let turn = 0; turn < mostTurns && !fits(last); turn++) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          const now = await scrape(daemon.url);
          t.deepEqual(wentBack(last.counters, now.counters), []);
          last = now;
        }
        t.true(fits(last));
      };
      await until((now) => written(now) > 0);
      t.is(lost(last), 0);
      const filler = join(directory, 'filler');
      fill(filler);
      await until((now) => lost(now) > 1);
      await daemon.untilSaid(/intervals are lost.*ENOSPC/, 5);
      const before = written(last);
      rmSync(filler);
      await until((now) => written(now) > before);
      await load.stop();
      await daemon.stop();
    });
  });
