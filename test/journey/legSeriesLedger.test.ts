import test from 'ava';
import { LegSeriesLedger } from '../../src/journey/legSeriesLedger.js';
import { snapBounds } from '../../src/measure/bounds.js';
import { SampleDevice } from '../measure/sampleIncrement.js';

const boundsNs = snapBounds([1e-6, 1e-3]);
const limits = { boundsNs, maxSeries: 2, maxWindowMs: 1_000 };
const tuns = ['tun0', 'tun1', 'tun2'].map((name) => new SampleDevice(name, 'host', 'tun'));
const [tun0, tun1, tun2] = tuns as [SampleDevice, SampleDevice, SampleDevice];

function ledgerOf(devices: (SampleDevice | null)[] = [...tuns]) {
  let nowMs = 0;
  const ledger = new LegSeriesLedger(
    (number) => devices[number] ?? null,
    limits,
    () => nowMs,
  );
  const wait = (ms: number) => {
    nowMs += ms;
  };
  return { ledger, devices, wait };
}

const labelsOf = ({ labels: { from, to, leg } }: { labels: { from: string; to: string; leg: string } }) =>
  `${leg} ${from} ${to}`;

test('a leg counts at its bound, with exact sum and count, and its maximum for a while', (t) => {
  const { ledger, wait } = ledgerOf();
  for (const ns of [500, 900, 2_000, 5e6]) ledger.leg(0, 1, ns);
  ledger.journey(0, 1, 10_000);
  const { legs } = ledger.reading([tun0, tun1]);
  t.deepEqual(legs.map(labelsOf), ['forwarder host/tun0 host/tun1', 'end_to_end host/tun0 host/tun1']);
  t.like(legs[0], { counts: [2, 1, 1], sumNs: 5_003_400, matched: 4, maxNs: 5e6 });
  wait(2_000);
  t.like(ledger.reading([tun0, tun1]).legs[0], { matched: 4, maxNs: null });
});

test('what a tap has read is in a guest', (t) => {
  const tap = new SampleDevice('tap0', 'host', 'tap');
  const { ledger } = ledgerOf([tap, tun1]);
  ledger.leg(0, 1, 500);
  t.deepEqual(ledger.reading([tap, tun1]).legs.map(labelsOf), ['guest host/tap0 host/tun1']);
});

test('a leg leaves with either device, and goes on from its counters', (t) => {
  const { ledger } = ledgerOf();
  ledger.leg(0, 1, 500);
  t.deepEqual(ledger.reading([tun0]).legs, []);
  ledger.leg(0, 1, 500);
  t.like(ledger.reading([tun0, tun1]).legs, { length: 1, 0: { matched: 2 } });
});

test('a leg without room is told once; those of gone devices make room', (t) => {
  const { ledger } = ledgerOf();
  ledger.callRoll(tuns);
  ledger.leg(0, 1, 500);
  ledger.leg(1, 0, 500);
  for (let again = 0; again < 3; again++) ledger.leg(0, 2, 500);
  t.is(ledger.turnedAway, 1);
  t.is(ledger.reading([tun0, tun2]).legs.length, 0);
  ledger.leg(0, 2, 500);
  t.deepEqual(ledger.reading([tun0, tun2]).legs.map(labelsOf), ['forwarder host/tun0 host/tun2']);
  t.is(ledger.turnedAway, 2, 'one had to make room');
});

test('with other bounds the counters go on', (t) => {
  const { ledger } = ledgerOf();
  for (const ns of [500, 2_000, 5e6]) ledger.leg(0, 1, ns);
  ledger.reconfigure({ ...limits, boundsNs: snapBounds([1e-3]) });
  t.like(ledger.reading([tun0, tun1]).legs[0], { counts: [2, 1], matched: 3, sumNs: 5_002_500 });
});

test('packets that were not written again are counted by device; those of an unknown one are not', (t) => {
  const { ledger } = ledgerOf([tun0, null]);
  ledger.unreturned(0);
  ledger.unreturned(1);
  ledger.leg(0, 1, 500);
  t.deepEqual(ledger.reading([tun0, tun1]), {
    legs: [],
    unreturned: [{ device: 'tun0', netns: 'host', packets: 1 }],
  });
});
