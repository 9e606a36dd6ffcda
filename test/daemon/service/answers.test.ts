import { setTimeout as sleep } from 'node:timers/promises';
import { primePath } from '../../../src/bench/load/offerLoad.js';
import { scrape, wentBack } from '../../../src/bench/service/observe.js';
import { findDaemon } from '../../../src/client/daemonClient.js';
import { imbalance } from '../../../src/measure/accounting.js';
import type { Snapshot } from '../../../src/measure/snapshot.js';
import { type Stage, serviceTest, startLoad } from './serviceTest.js';

async function clientOf({ daemon }: Stage) {
  const client = await findDaemon(daemon.socketPath);
  if (!client) throw new Error('no service at its socket');
  return client;
}

const all = { include: [], exclude: [] };
const backlogOf = ({ segments }: Snapshot) => segments.find(({ segment }) => segment === 'backlog');

serviceTest(
  'snapshots and scrapes at the same time under load: none disturbs another',
  {},
  async (t, stage) => {
    const client = await clientOf(stage);
    await primePath(stage.path, stage.scope);
    const load = await startLoad(stage, 30_000, 6);
    await sleep(500);
    const before = await scrape(stage.daemon.url);
    const taking = Promise.all([
      client.snapshot({ durationSeconds: 3, ...all }),
      client.snapshot({ durationSeconds: 1, ...all }),
      client.snapshot({ durationSeconds: 2, include: ['veth1'], exclude: [] }),
    ]);
    const scrapes = [before];
    for (let number = 0; number < 10; number++) scrapes.push(await scrape(stage.daemon.url));
    const snapshots = await taking;
    scrapes.push(await scrape(stage.daemon.url));
    for (const [index, later] of scrapes.slice(1).entries())
      t.deepEqual(wentBack(scrapes[index]?.counters ?? new Map(), later.counters), []);
    for (const [index, seconds] of [3, 1, 2].entries()) {
      const snapshot = snapshots[index] ?? t.fail();
      for (const line of snapshot.accounting) t.is(imbalance(line), 0, JSON.stringify(line));
      const count = backlogOf(snapshot)?.count ?? 0;
      t.true(count > 10_000 * seconds, `${count} packets in ${seconds} s`);
    }
    t.deepEqual([...new Set(snapshots[2]?.accounting.map(({ device }) => device))], ['veth1']);
    await load.stop();
  },
);

serviceTest('an interval ended early answers with what there was', {}, async (t, stage) => {
  const client = await clientOf(stage);
  const ending = new AbortController();
  const taking = client.snapshot({ durationSeconds: 60, ...all, signal: ending.signal });
  setTimeout(() => ending.abort(), 700);
  const { durationSeconds } = await taking;
  t.true(durationSeconds > 0.3 && durationSeconds < 30, `${durationSeconds}`);
});

serviceTest(
  'as many snapshots as configured, and then it is busy',
  { limits: { snapshots: 1 } },
  async (t, stage) => {
    const client = await clientOf(stage);
    const ending = new AbortController();
    const first = client.snapshot({ durationSeconds: 60, ...all, signal: ending.signal });
    const isBusy = async () => {
      const second = await client.snapshot({ durationSeconds: 0.01, ...all }).catch((error: Error) => error);
      return second instanceof Error ? second.message : null;
    };
    let message = await isBusy();
    for (let turn = 0; message === null && turn < 50; turn++) message = await isBusy();
    t.regex(message ?? '', /1 are being taken already/);
    ending.abort();
    await first;
  },
);

serviceTest(
  'an id that another snapshot has is refused, and the first is ended by it all the same',
  {},
  async (t, stage) => {
    const ask = (query: string) => fetch(`${stage.daemon.url}/api/v1/snapshot${query}`);
    const first = ask('?duration=60&id=a1');
    // The order may still be on its way.
    let second = await ask('?duration=0.01&id=a1');
    for (let turn = 0; second.status === 200 && turn < 50; turn++) second = await ask('?duration=0.01&id=a1');
    t.is(second.status, 400);
    t.regex(await second.text(), /another of this id is being taken/);
    t.is((await ask('/end?id=a1')).status, 200);
    t.is((await first).status, 200);
    t.is((await ask('?duration=0.01&id=a1')).status, 200);
  },
);

serviceTest('the last figures of a scrape are those of the snapshot', {}, async (t, stage) => {
  const client = await clientOf(stage);
  await primePath(stage.path, stage.scope);
  const ending = new AbortController();
  const taking = client.snapshot({ durationSeconds: 60, ...all, signal: ending.signal });
  await sleep(300);
  const before = await scrape(stage.daemon.url);
  const load = await startLoad(stage, 10_000, 1);
  await load.result();
  const after = await scrape(stage.daemon.url);
  ending.abort();
  const snapshot = await taking;
  const matched = (of: typeof before) =>
    [...of.counters].find(
      ([name]) => name.startsWith('vifscope_segment_latency_seconds_count') && name.includes('"backlog"'),
    )?.[1] ?? 0;
  t.is(backlogOf(snapshot)?.count, matched(after) - matched(before));
});

serviceTest('what it answers besides', {}, async (t, { daemon }) => {
  const statusOf = async (path: string) => (await fetch(`${daemon.url}${path}`)).status;
  t.is(await statusOf('/healthz'), 200);
  t.is(await statusOf('/readyz'), 200);
  t.is(await statusOf('/'), 200);
  t.is(await statusOf('/api/v1/snapshot?duration=never'), 400);
  t.is(await statusOf('/api/v1/snapshot/end?id=nobody'), 404);
  const refused = async () =>
    (await scrape(daemon.url)).counters.get('vifscope_requests_refused_total') ?? Number.NaN;
  const before = await refused();
  t.is(await statusOf('/nothing-here'), 404);
  t.is((await fetch(`${daemon.url}/metrics`, { method: 'POST' })).status, 405);
  t.is(await refused(), before + 2);
});
