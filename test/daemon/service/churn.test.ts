import { setTimeout as sleep } from 'node:timers/promises';
import { primePath } from '../../../src/bench/load/offerLoad.js';
import { ChattyPairs } from '../../../src/bench/service/ground.js';
import { sampleProcess, scrape, wentBack } from '../../../src/bench/service/observe.js';
import { serviceTest, startLoad } from './serviceTest.js';

/** A thousand devices made and a thousand deleted in a minute, for a quarter of one; longer where the host is busy. */
const pairsAMinute = 500;
const leastPairs = pairsAMinute / 4;
const mostTurns = 100;

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
    const load = await startLoad(stage, 20_000, 50);
    const pairs = await ChattyPairs.in(scope);
    const end = new AbortController();
    scope.cleanup.add('end the coming and going', () => end.abort());
    // Under seven names again and again: a new device goes on counting where its namesake ended.
    let churned = 0;
    const churning = pairs.churn(pairsAMinute, end.signal, (pairs) => {
      churned = pairs;
    });
    const seen = new Set<string>();
    let last = await scrape(daemon.url);
    const residents: number[] = [];
    for (let turn = 0; turn < mostTurns && churned < leastPairs; turn++) {
      await sleep(400);
      residents.push(sampleProcess(daemon.pid).residentBytes);
      const now = await scrape(daemon.url);
      t.deepEqual(wentBack(last.counters, now.counters), []);
      for (const device of devicesIn(now.counters, pairs.netns)) seen.add(device);
      last = now;
    }
    end.abort();
    t.true((await churning) >= leastPairs, `${churned} pairs`);
    // What runs often has been compiled after a third of it.
    const [early = 0, late = 0] = [residents[Math.floor(residents.length / 3)], residents.at(-1)];
    t.true(late < 1.2 * early, `${early} bytes resident, then ${late}`);
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
