import { waitUntil } from '../../bench/realHost.js';
import { assertBalanced } from '../support/lines.js';
import { account, learn, lineOf, present } from './figures.js';
import { listen, sender } from './flow.js';
import { type Ground, groundTest, ip, ipBatch } from './ground.js';
import { addPair, leftAddress, type PairEnds, rightAddress, rightEnd } from './links.js';

/** A refresh is due once a second. */
const noticeLimitSeconds = 4;

async function measuredPair(ground: Ground, include?: (a: string, b: string) => string[]) {
  const [a, b] = [await ground.netns(), await ground.netns()];
  const ends: PairEnds = { left: 'v0', right: 'v1', leftNetns: a, rightNetns: b, number: 1 };
  await addPair(ends);
  listen(ground, a);
  listen(ground, b);
  const there = sender(ground, a, rightAddress(1));
  const back = sender(ground, b, leftAddress(1));
  const measurement = ground.measure(include ? { include: include(a, b) } : {});
  await learn(measurement, [`${a}/v0`, `${b}/v1`], () => there(1));
  measurement.restart();
  return { a, b, ends, there, back, measurement };
}

groundTest('a rename under way: the label follows, and the figures go on', async (t, ground) => {
  const { a, b, ends, there, back, measurement } = await measuredPair(ground);
  there(4);
  await ip('-n', b, 'link', 'set', 'v1', 'down');
  await ip('-n', b, 'link', 'set', 'v1', 'name', 'renamed1');
  await ipBatch(b, rightEnd({ ...ends, right: 'renamed1' }).slice(1));
  t.true(await waitUntil(() => present(measurement, b, 'renamed1') !== undefined, noticeLimitSeconds));
  there(3);
  back(2);
  await measurement.finish();
  const snapshot = measurement.snapshot();
  t.is(measurement.devices.length, 2, 'no new device');
  t.is(account(snapshot, `${b}/v1`, 'backlog').started, 0, 'nothing stands under the old name');
  t.like(account(snapshot, `${b}/renamed1`, 'backlog'), { started: 7, matched: 7, unmatched: 0 });
  t.like(account(snapshot, `${b}/renamed1`, 'driver'), { started: 2, matched: 2 });
  t.is(lineOf(snapshot, `${a}/v0`, 'backlog')?.peer, `${b}/renamed1`);
  assertBalanced(t, snapshot);
});

groundTest('a namespace known by another name: what goes on there is another life', async (t, ground) => {
  const { a, b, there, measurement } = await measuredPair(ground);
  there(4);
  const c = await ground.renameNetns(b);
  await learn(measurement, [`${c}/v1`], () => there(1));
  const before = account(measurement.snapshot(), `${c}/v1`, 'backlog').matched;
  there(3);
  await measurement.finish();
  const snapshot = measurement.snapshot();
  t.deepEqual(measurement.devices.map((d) => `${d.netns}/${d.name} ${d.state}`).sort(), [
    `${a}/v0 present`,
    `${c}/v1 present`,
    `${b}/v1 gone`,
  ]);
  t.is(account(snapshot, `${c}/v1`, 'backlog').matched - before, 3);
  t.is(lineOf(snapshot, `${c}/v1`, 'backlog')?.peer, `${a}/v0`);
  assertBalanced(t, snapshot);
});

groundTest(
  'a move to another namespace under way: the old device ends, a new one begins',
  async (t, ground) => {
    const { a, b, ends, there, back, measurement } = await measuredPair(ground);
    const c = await ground.netns();
    listen(ground, c);
    there(4);
    await ip('-n', b, 'link', 'set', 'v1', 'netns', c);
    await ipBatch(c, rightEnd(ends));
    const backFromC = sender(ground, c, leftAddress(1));
    await learn(measurement, [`${c}/v1`], () => there(1));
    const before = account(measurement.snapshot(), `${c}/v1`, 'backlog');
    there(3);
    backFromC(2);
    t.throws(() => back(1), undefined, 'nothing can be sent where it was');
    await measurement.finish();
    const snapshot = measurement.snapshot();
    t.deepEqual(measurement.devices.map((d) => `${d.netns}/${d.name} ${d.state}`).sort(), [
      `${a}/v0 present`,
      `${b}/v1 gone`,
      `${c}/v1 present`,
    ]);
    t.is(account(snapshot, `${b}/v1`, 'backlog').matched, 4, 'the old one keeps its figures');
    t.is(account(snapshot, `${b}/v1`, 'driver').started, 0);
    t.is(account(snapshot, `${c}/v1`, 'backlog').matched - before.matched, 3);
    t.is(account(snapshot, `${c}/v1`, 'driver').matched, 2);
    t.is(account(snapshot, `${a}/v0`, 'backlog').matched, 2);
    t.is(lineOf(snapshot, `${a}/v0`, 'driver')?.peer, `${c}/v1`);
    assertBalanced(t, snapshot);
  },
);

groundTest('a device that moved to where it is not wanted is counted no more', async (t, ground) => {
  const { a, b, ends, there, measurement } = await measuredPair(ground, (a, b) => [`${a}/*`, `${b}/*`]);
  const c = await ground.netns();
  listen(ground, c);
  there(4);
  await ip('-n', b, 'link', 'set', 'v1', 'netns', c);
  await ipBatch(c, rightEnd(ends));
  const isNoticed = () => {
    there(1);
    return measurement.seenNames.includes(`${c}/v1`);
  };
  t.true(await waitUntil(isNoticed, noticeLimitSeconds));
  const noticed = account(measurement.snapshot(), `${b}/v1`, 'backlog');
  there(20);
  await measurement.finish();
  const snapshot = measurement.snapshot();
  const backlog = account(snapshot, `${b}/v1`, 'backlog');
  t.is(backlog.matched, 4);
  t.is(backlog.started, noticed.started, 'packets sent to where nothing is measured start no wait');
  t.is(account(snapshot, `${a}/v0`, 'driver').matched >= 24, true, 'the end that stayed is measured still');
  assertBalanced(t, snapshot);
});
