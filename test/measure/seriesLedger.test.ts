import test from 'ava';
import fc from 'fast-check';
import { snapBounds } from '../../src/measure/bounds.js';
import type { MeasuredDevice } from '../../src/measure/increment.js';
import type { Segment } from '../../src/measure/segments.js';
import { SeriesLedger } from '../../src/measure/seriesLedger.js';
import { cumulative, History, step } from './ledgerHistory.js';
import { incrementOf, SampleDevice } from './sampleIncrement.js';

const boundsNs = snapBounds([1e-6, 1e-3, 1]);
const limits = { boundsNs, maxSeries: 100, maxWindowMs: 1_000 };
const nothingWaits = () => 0;

test('over any history, counters never go back, and each adds up to what its labels have counted', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const history = new History(t);
      for (const one of steps)
        if (one.do === 'scrape') history.check();
        else history.take(one);
      history.check();
    }),
  );
});

test('with little room, what is shown fits in it, and nothing of a device that is there goes back', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 7 }), (steps, maxSeries) => {
      const history = new History(t, maxSeries);
      for (const one of steps)
        if (one.do === 'scrape') history.checkRoom();
        else history.take(one);
    }),
  );
});

test('a device that is gone leaves, and one of the same labels goes on from its counters', (t) => {
  const ledger = new SeriesLedger(limits);
  const [first, second] = [new SampleDevice('veth0'), new SampleDevice('veth0')];
  ledger.add(first, 'qdisc', incrementOf([500, 5_000], { unmatched: 1 }));
  ledger.addDrops(first, 'NO_SOCKET', 3);
  t.is(ledger.reading([first], nothingWaits).segments.length, 1);
  t.deepEqual(ledger.reading([], nothingWaits), { boundsNs, segments: [], drops: [] });

  ledger.add(second, 'qdisc', incrementOf([500]));
  const { segments, drops } = ledger.reading([second], nothingWaits);
  t.like(segments[0], { labels: { device: 'veth0' }, matched: 3, sumNs: 6_000, unmatched: 1 });
  t.deepEqual([...(segments[0]?.counts ?? [])], [2, 1, 0, 0]);
  t.like(drops[0], { reason: 'NO_SOCKET', count: 3 });
});

test('after a rename the new labels count, and the old ones are shown no more', (t) => {
  const ledger = new SeriesLedger(limits);
  const device = new SampleDevice('veth0');
  ledger.add(device, 'driver', incrementOf([10]));
  device.name = 'uplink';
  ledger.add(device, 'driver', incrementOf([20, 30]));
  const { segments } = ledger.reading([device], nothingWaits);
  t.deepEqual(
    segments.map(({ labels, matched, sumNs }) => ({ device: labels.device, matched, sumNs })),
    [{ device: 'uplink', matched: 2, sumNs: 50 }],
  );
});

test('segments come in the order of the table, with what waits now', (t) => {
  const ledger = new SeriesLedger(limits);
  const device = new SampleDevice('tap0', 'host', 'tap');
  for (const segment of ['ring', 'qdisc', 'inject'] as const) ledger.add(device, segment, incrementOf([1]));
  const waiting = (_: MeasuredDevice, segment: Segment) => (segment === 'ring' ? 7 : 0);
  t.deepEqual(
    ledger.reading([device], waiting).segments.map(({ labels, inFlight }) => [labels.segment, inFlight]),
    [
      ['qdisc', 0],
      ['ring', 7],
      ['inject', 0],
    ],
  );
});

test('the greatest wait is shown for its window and then no more', (t) => {
  let nowMs = 0;
  const ledger = new SeriesLedger(limits, () => nowMs);
  const device = new SampleDevice('veth0');
  const maxNs = () => ledger.reading([device], nothingWaits).segments[0]?.maxNs;
  ledger.add(device, 'qdisc', incrementOf([], { started: 1 }));
  t.is(maxNs(), null);
  ledger.add(device, 'qdisc', incrementOf([900, 70]));
  t.is(maxNs(), 900);
  nowMs = 600;
  ledger.add(device, 'qdisc', incrementOf([80]));
  nowMs = 1_000;
  t.is(maxNs(), 900);
  nowMs = 1_100;
  t.is(maxNs(), 80);
  nowMs = 2_000;
  t.is(maxNs(), null);
});

test('with other bounds, those that stay keep their counts and a new one begins with that below it', (t) => {
  const ledger = new SeriesLedger(limits);
  const device = new SampleDevice('veth0');
  ledger.add(device, 'qdisc', incrementOf([500, 5_000, 5_000, 5_000_000, 5e9]));
  const [micro = 0, milli = 0, second = 0] = boundsNs;
  const [tenth = 0] = snapBounds([0.1]);
  ledger.reconfigure({ ...limits, boundsNs: [micro, tenth, second] });
  t.deepEqual(ledger.boundsNs, [micro, tenth, second]);
  const upTo = () => cumulative(ledger.reading([device], nothingWaits).segments[0]?.counts ?? []);
  t.deepEqual(upTo(), [1, 1, 4, 5]);
  ledger.add(device, 'qdisc', incrementOf([5_000_000]));
  t.deepEqual(upTo(), [1, 2, 5, 6]);
  ledger.reconfigure({ ...limits, boundsNs: [milli] });
  t.deepEqual(upTo(), [0, 6]);
});

test('a device for which there is no room is told once, and has its place when another is gone', (t) => {
  // One set for each device and one for each of its segments.
  const ledger = new SeriesLedger({ ...limits, maxSeries: 2 });
  const [stays, late] = [new SampleDevice('veth0'), new SampleDevice('veth1')];
  const names = (present: readonly MeasuredDevice[]) =>
    ledger
      .reading(present, nothingWaits)
      .segments.map(({ labels: { device, segment } }) => `${device} ${segment}`);
  ledger.add(stays, 'qdisc', incrementOf([1]));
  for (let reading = 0; reading < 3; reading++) {
    ledger.add(late, 'qdisc', incrementOf([1]));
    t.deepEqual(names([stays, late]), ['veth0 qdisc']);
  }
  t.is(ledger.turnedAway, 1);

  ledger.callRoll([late]);
  ledger.add(late, 'qdisc', incrementOf([1]));
  t.deepEqual(names([late]), ['veth1 qdisc']);
  t.is(ledger.turnedAway, 3, 'the two sets of the one that is gone were forgotten');
});

test('the one longest gone is forgotten first', (t) => {
  const ledger = new SeriesLedger({ ...limits, maxSeries: 6 });
  const [first, second, third, newcomer] = ['a', 'b', 'c', 'd'].map((name) => new SampleDevice(name));
  if (!first || !second || !third || !newcomer) throw new Error('four devices');
  for (const device of [first, second, third]) ledger.add(device, 'qdisc', incrementOf([1]));
  ledger.callRoll([first, third]);
  ledger.callRoll([third]);
  ledger.add(newcomer, 'qdisc', incrementOf([1]));
  ledger.add(first, 'qdisc', incrementOf([1]));
  const { segments } = ledger.reading([first, second, third, newcomer], nothingWaits);
  t.deepEqual(
    segments.map(({ labels, matched }) => [labels.device, matched]),
    [
      ['a', 2],
      ['c', 1],
      ['d', 1],
    ],
  );
});

test('one that has come back makes no room, though no roll was called since', (t) => {
  const ledger = new SeriesLedger({ ...limits, maxSeries: 2 });
  const [back, newcomer] = [new SampleDevice('veth0'), new SampleDevice('veth1')];
  ledger.add(back, 'qdisc', incrementOf([1]));
  ledger.callRoll([]);
  ledger.add(back, 'qdisc', incrementOf([1]));
  ledger.add(newcomer, 'qdisc', incrementOf([1]));
  t.like(ledger.reading([back, newcomer], nothingWaits).segments, {
    length: 1,
    0: { labels: { device: 'veth0' }, matched: 2 },
  });
});

test('what was read stays as it was', (t) => {
  const ledger = new SeriesLedger(limits);
  const device = new SampleDevice('veth0');
  ledger.add(device, 'qdisc', incrementOf([1]));
  const { segments } = ledger.reading([device], nothingWaits);
  ledger.add(device, 'qdisc', incrementOf([1, 2e9]));
  t.deepEqual([...(segments[0]?.counts ?? [])], [1, 0, 0, 0]);
  t.is(segments[0]?.matched, 1);
});
