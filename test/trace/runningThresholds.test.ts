import test from 'ava';
import { bucketIndexOf, highestValueOf } from '../../src/measure/hdr.js';
import type { MeasuredDevice } from '../../src/measure/increment.js';
import { IncrementBuilder } from '../../src/measure/incrementBuilder.js';
import { RunningThresholds } from '../../src/trace/runningThresholds.js';

const device: MeasuredDevice = { name: 'v0', netns: 'n', netnsInum: 1, ifindex: 1, kind: 'veth', peer: null };

function add(thresholds: RunningThresholds, ns: number, packets: number): void {
  const builder = new IncrementBuilder();
  builder.begin();
  builder.addSamples(bucketIndexOf(ns), packets);
  thresholds.add(device, 'driver', builder.finish());
}

test('from a thousand packets on, what one in a thousand exceeds', (t) => {
  const thresholds = new RunningThresholds(0);
  t.is(thresholds.thresholdNs(device, 'driver'), null);
  add(thresholds, 1_000, 999);
  t.is(thresholds.thresholdNs(device, 'driver'), null);
  add(thresholds, 50_000, 1);
  t.is(thresholds.thresholdNs(device, 'driver'), highestValueOf(bucketIndexOf(1_000)));
  add(thresholds, 50_000, 9);
  t.is(thresholds.thresholdNs(device, 'driver'), highestValueOf(bucketIndexOf(50_000)));
  t.is(thresholds.thresholdNs(device, 'backlog'), null);
});

test('what is old fades: every ten seconds it counts half', (t) => {
  const thresholds = new RunningThresholds(0);
  add(thresholds, 50_000, 100_000);
  for (let second = 1; second <= 200; second++) {
    add(thresholds, 1_000, 1_000);
    thresholds.fade(second * 1_000, [device]);
  }
  t.is(thresholds.thresholdNs(device, 'driver'), highestValueOf(bucketIndexOf(1_000)));
});

test('a device that is gone is forgotten', (t) => {
  const thresholds = new RunningThresholds(0);
  add(thresholds, 1_000, 2_000);
  thresholds.fade(1, []);
  t.is(thresholds.thresholdNs(device, 'driver'), null);
});

test('beyond the last bucket there is no threshold', (t) => {
  const thresholds = new RunningThresholds(0);
  add(thresholds, 2 ** 40, 2_000);
  t.is(thresholds.thresholdNs(device, 'driver'), null);
});
