// The netperf that scripts/fetch-netperf.sh has put into the cache, for hosts that have none of their own.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../src/bench/guest/cache.js';
import { orNull } from '../../../src/host/optionalFile.js';

/** What this process starts finds it, behind the host's own. */
export function useCachedNetperf(): void {
  const folder = join(cacheFolder(), 'netperf');
  const suites = orNull(() => readdirSync(folder)) ?? [];
  process.env['PATH'] = [process.env['PATH'], ...suites.map((suite) => join(folder, suite))].join(':');
}
