import { setTimeout as sleep } from 'node:timers/promises';
import { primePath } from '../../../src/bench/load/offerLoad.js';
import { ChattyPairs } from '../../../src/bench/service/ground.js';
import { scrape, wentBack } from '../../../src/bench/service/observe.js';
import { serviceTest, startLoad } from './serviceTest.js';

const devicesIn = (counters: ReadonlyMap<string, number>, netns: string) =>
  new Set(
    [...counters.keys()].flatMap((name) =>
      name.includes(netns) ? (/device="(\w+)"/.exec(name)?.[1] ?? []) : [],
    ),
  );

serviceTest(
  'devices that come and go under load: no counter goes back, and who is gone leaves',
  { devices: { include: [] } },
  async (t, stage) => {
    const { daemon, path, scope } = stage;
    await primePath(path, scope);
    const load = await startLoad(stage, 20_000, 30);
    const pairs = await ChattyPairs.in(scope);
    const end = new AbortController();
    scope.cleanup.add('end the coming and going', () => end.abort());
    // Under seven names again and again: a new device goes on counting where its namesake ended.
    const churning = pairs.churn(300, end.signal);
    const seen = new Set<string>();
    let last = await scrape(daemon.url);
    for (let turn = 0; turn < 20; turn++) {
      await sleep(400);
      const now = await scrape(daemon.url);
      t.deepEqual(wentBack(last.counters, now.counters), []);
      for (const device of devicesIn(now.counters, pairs.netns)) seen.add(device);
      last = now;
    }
    end.abort();
    t.true((await churning) >= 20);
    t.true([...seen].filter((device) => device.startsWith('churn')).length >= 4, [...seen].join());
    let left = [...devicesIn(last.counters, pairs.netns)];
    for (let turn = 0; turn < 25 && left.some((device) => device.startsWith('churn')); turn++) {
      await sleep(200);
      left = [...devicesIn((await scrape(daemon.url)).counters, pairs.netns)];
    }
    t.deepEqual(
      left.filter((device) => device.startsWith('churn')),
      [],
    );
    t.true(devicesIn(last.counters, path.sinkNetns).has('veth1'));
    await load.stop();
  },
);
