// npm run bench:service: what the running service costs on this host, under traffic and with devices that come and go.
// Numbers are printed; the run fails only where a counter went backwards.
import { setTimeout as sleep } from 'node:timers/promises';
import { VifscopeError } from '../../errors.js';
import { ownDevices, removeLeftovers } from '../namespaces.js';
import { runProgram } from '../program.js';
import type { Scope } from '../scope.js';
import { type ServiceFigures, serviceFigures, serviceText } from './figures.js';
import { ChattyPairs, startLoad } from './ground.js';
import { sampleProcess, scrape, wentBack } from './observe.js';
import { readServiceOptions, type ServiceOptions, usage } from './options.js';
import { RunningDaemon } from './runDaemon.js';

/** As Prometheus does by default in its own examples. */
const scrapeIntervalMs = 15_000;
const settleMs = 5_000;

async function measure(options: ServiceOptions, scope: Scope): Promise<ServiceFigures> {
  await removeLeftovers();
  const journeys = options.every > 0 ? { journeys: { every: options.every } } : {};
  // Of its own devices alone, so that what else comes and goes on the host takes no memory here.
  const daemon = await RunningDaemon.start({ devices: { include: [ownDevices()] }, ...journeys }, scope);
  const pairs = await ChattyPairs.in(scope);
  for (let pair = 0; pair < options.idlePairs; pair++) await pairs.add(`p${pair}`);
  const load = await startLoad(options, scope);
  const end = new AbortController();
  scope.cleanup.add('end the coming and going of pairs', () => end.abort());
  const churning = options.churnedPairs > 0 ? pairs.churn(options.churnedPairs, end.signal) : null;
  await sleep(settleMs, undefined, { signal: scope.signal });
  const watched = await watch(daemon, options, scope);
  end.abort();
  const churnedPairs = (await churning) ?? 0;
  await load?.stop();
  return serviceFigures({ ...watched, churnedPairs });
}

async function watch(daemon: RunningDaemon, { seconds }: ServiceOptions, scope: Scope) {
  const { pid, url } = daemon;
  const [betweenScrapes, scrapes] = [[], []] as [
    ReturnType<typeof sampleProcess>[][],
    Awaited<ReturnType<typeof scrape>>[],
  ];
  const endMs = performance.now() + seconds * 1_000;
  while (performance.now() < endMs) {
    scrapes.push(await scrape(url));
    const [before, after] = scrapes.slice(-2);
    const back = before && after ? wentBack(before.counters, after.counters) : [];
    if (back.length > 0) throw backwards(back);
    const start = sampleProcess(pid);
    await sleep(scrapeIntervalMs, undefined, { signal: scope.signal });
    betweenScrapes.push([start, sampleProcess(pid)]);
    const resident = (betweenScrapes.at(-1)?.[1]?.residentBytes ?? 0) / 1e6;
    scope.progress(`${scrapes.length} scrapes, ${resident.toFixed(1)} MB`);
  }
  return { betweenScrapes, scrapes };
}

const backwards = (names: readonly string[]): VifscopeError =>
  new VifscopeError({
    code: 'FAILED',
    operation: 'trust',
    object: names.slice(0, 3).join(', '),
    reason: 'these counters went backwards within the life of the process',
    remedy: 'report it, with what this benchmark was called with',
  });

await runProgram({
  name: 'bench:service',
  usage,
  readOptions: readServiceOptions,
  run: async (options: ServiceOptions, scope) => {
    const figures = await measure(options, scope);
    return options.json ? `${JSON.stringify(figures, null, 2)}\n` : serviceText(figures);
  },
});
