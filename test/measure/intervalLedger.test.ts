import test from 'ava';
import { IntervalLedger } from '../../src/measure/intervalLedger.js';
import { incrementOf, SampleDevice } from './sampleIncrement.js';

const limits = { isWanted: () => true, mostDevices: 100 };
const [first, second, third] = ['a', 'b', 'c'].map((name) => new SampleDevice(name)) as [
  SampleDevice,
  SampleDevice,
  SampleDevice,
];

test('without room for another device those that are in go on counting, and the others are counted', (t) => {
  let hasRoom = true;
  const ledger = new IntervalLedger({ ...limits, hasRoom: () => hasRoom });
  ledger.add(first, 'backlog', incrementOf([1_000]));
  hasRoom = false;
  for (let turn = 0; turn < 3; turn++) {
    ledger.add(first, 'backlog', incrementOf([1_000]));
    ledger.add(second, 'backlog', incrementOf([1_000]));
    ledger.add(third, 'driver', incrementOf([1_000]));
  }
  const devices = ledger.reading(() => 0);
  t.deepEqual(
    devices.map(({ name, segments }) => [name, segments.map(({ latency }) => latency.total)]),
    [['a', [4]]],
  );
  t.is(ledger.devicesTurnedAway, 2);
});

test('its bytes grow with segments and with buckets that count something, and with nothing else', (t) => {
  const ledger = new IntervalLedger(limits);
  t.is(ledger.bytes, 0);
  ledger.add(first, 'backlog', incrementOf([1_000]));
  const one = ledger.bytes;
  t.true(one > 0);
  for (let turn = 0; turn < 100; turn++) ledger.add(first, 'backlog', incrementOf([1_000]));
  t.is(ledger.bytes, one);
  ledger.add(first, 'driver', incrementOf([1_000]));
  t.is(ledger.bytes, 2 * one);
  ledger.add(first, 'driver', incrementOf(Array.from({ length: 1_000 }, (_, at) => 1_000 * at)));
  t.true(ledger.bytes > 2 * one + 1_000);
});
