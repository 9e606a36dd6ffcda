// A host of many CPUs counts in wider buckets. Two measurements of the same packets, one in the widest, one in the
// narrowest: both have every packet and its exact extremes, and percentiles differ by a bucket's width.
import { setTimeout as sleep } from 'node:timers/promises';
import { sizesFor } from '../../../src/kernel/sizes.js';
import { finest, Geometry } from '../../../src/measure/hdr.js';
import { decodeHistogram } from '../../../src/measure/histogram.js';
import type { Snapshot } from '../../../src/measure/snapshot.js';
import { account, learn, lineOf } from '../devices/figures.js';
import { sender } from '../devices/flow.js';
import { groundTest } from '../devices/ground.js';
import { rightAddress, UserDevice } from '../devices/links.js';
import { assertBalanced } from '../support/lines.js';

const packets = 60;
/** The two attach one after the other: their clock reads of one packet lie apart, by this at the most. */
const apartNs = 1_000_000;
const widest = new Geometry(sizesFor(4096).subBucketBits);

groundTest('in wider buckets nothing is lost but precision', async (t, ground) => {
  const a = await ground.netns();
  const tun = await UserDevice.add(ground, 'tun', a, 'tun0', 1);
  const send = sender(ground, a, rightAddress(1));
  const narrow = ground.measure();
  const wide = ground.measure({ limits: { subBucketBits: widest.subBucketBits } });
  const device = `${a}/tun0`;
  for (const measurement of [narrow, wide]) {
    let nudges = 0;
    await learn(measurement, [device], () => {
      send(1);
      nudges += 1;
    });
    await tun.readAll(nudges);
  }
  for (const measurement of [narrow, wide]) measurement.restart();
  for (let packet = 0; packet < packets; packet++) {
    send(1);
    await sleep(packet % 7);
    await tun.read();
  }
  const [one, other] = await Promise.all([narrow, wide].map(finished));
  const lines = [one, other].map((snapshot) => (snapshot ? lineOf(snapshot, device, 'ring') : undefined));
  const [fine, coarse] = lines;
  if (!one || !other || !fine || !coarse) return t.fail('both measure the ring');
  t.deepEqual([one.bucketWidthPercent, other.bucketWidthPercent], [0.78, 6.25]);
  for (const snapshot of [one, other]) {
    assertBalanced(t, snapshot);
    t.like(account(snapshot, device, 'ring'), { started: packets, matched: packets, unmatched: 0 });
  }
  for (const name of ['minNs', 'maxNs', 'meanNs'] as const)
    t.true(
      Math.abs((fine[name] ?? 0) - (coarse[name] ?? 0)) <= apartNs,
      `${name}: ${fine[name]}, ${coarse[name]}`,
    );
  for (const name of ['p50Ns', 'p90Ns', 'p99Ns'] as const) {
    const [narrowNs, wideNs] = [fine[name] ?? 0, coarse[name] ?? 0];
    t.true(wideNs >= narrowNs * (1 - 1 / 128) - apartNs, `${name}: ${narrowNs}, ${wideNs}`);
    t.true(wideNs <= narrowNs * (1 + widest.bucketWidthRatio) + apartNs, `${name}: ${narrowNs}, ${wideNs}`);
  }
  const ends = new Set(
    Array.from({ length: widest.countsLength }, (_, index) => widest.highestValueOf(index)),
  );
  const histogram = decodeHistogram(coarse.histogram);
  for (let index = 0; index < finest.countsLength; index++)
    if (histogram.getCountAtIndex(index) > 0)
      t.true(
        ends.has(finest.highestValueOf(index)),
        `${finest.highestValueOf(index)} ns ends no wide bucket`,
      );
});

async function finished(measurement: { finish(): Promise<void>; snapshot(): Snapshot }): Promise<Snapshot> {
  await measurement.finish();
  return measurement.snapshot();
}
