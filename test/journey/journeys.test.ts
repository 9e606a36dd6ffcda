// What polls and ends journeys. Catches: a journey ended by the clock while its next events wait in the ring, a sampling rate
// that comes back after the end, and a ring that is refused once and never read again.
import test from 'ava';
import { VifscopeError } from '../../src/errors.js';
import { Journeys, type SamplingControl } from '../../src/journey/journeys.js';
import { LegLedger } from '../../src/journey/legLedger.js';
import { EventRing } from '../../src/kernel/eventRing.js';
import type { MeasuredDevice } from '../../src/measure/increment.js';
import { RingMemory } from '../kernel/pure/ringMemory.js';
import { type Event, overForwarder } from './correlating.js';

const ringBytes = 4_096;
const quietMs = 500;
const afterNs = 2 * quietMs * 1e6;

const tun = (name: string, ifindex: number): MeasuredDevice => ({
  name,
  ifindex,
  netns: 'a',
  netnsInum: 1,
  kind: 'tun',
  peer: null,
});

function follow() {
  const memory = new RingMemory(ringBytes);
  const control: { -readonly [K in keyof SamplingControl]: SamplingControl[K] } = {
    sampleUpTo: null,
    eventsLost: 0,
    eventsWithoutContent: 0,
  };
  const journeys = new Journeys(new EventRing(memory.ring), control, { every: 1, quietMs });
  const devices = new Map([tun('tun0', 1), tun('tun1', 2)].map((device) => [device.ifindex, device]));
  const ledger = new LegLedger((number) => devices.get(number) ?? null);
  journeys.add(ledger);
  const write = (events: readonly Event[]) => {
    for (const { key, ...event } of events) memory.addEvent({ ...event, content: BigInt(key) });
  };
  const counts = () => ledger.lines().map(({ from, to, leg, count }) => [leg, from, to, count]);
  return { memory, control, journeys, devices, ledger, write, counts };
}

const packet = { startNs: 0, key: 1, residenceNs: 70 };
const both = [
  ['forwarder', 'a/tun0', 'a/tun1', 1],
  ['end_to_end', 'a/tun0', 'a/tun1', 1],
];

test('a journey whose next events are still in the ring is not over', (t) => {
  const { journeys, write, counts } = follow();
  const late = overForwarder({ ...packet, residenceNs: 400e6 });
  write(late.slice(0, 2));
  journeys.poll();
  write(late.slice(2));
  // Nobody has polled for long.
  journeys.expire(550e6);
  t.deepEqual(counts(), []);
  journeys.expire(400e6 + afterNs);
  t.deepEqual(counts(), both);
  t.like(journeys.totals, { begun: 1, whole: 1, partial: 0 });
});

test('a ring that is refused is read on, and what was under way comes to its end', (t) => {
  const { memory, journeys, write, counts } = follow();
  const events = overForwarder(packet);
  write(events.slice(0, 2));
  journeys.poll();
  memory.add(Buffer.alloc(64));
  write(events.slice(2));
  t.throws(() => journeys.poll(), { instanceOf: VifscopeError });
  journeys.expire(afterNs);
  t.deepEqual(counts(), both);
});

test('a device that nobody knows has no legs, and its packets are counted', (t) => {
  const { journeys, write, counts, devices } = follow();
  devices.delete(2);
  write(overForwarder(packet));
  journeys.expire(afterNs);
  t.deepEqual(counts(), []);
  t.like(journeys.totals, { begun: 1, whole: 1 });
});

test('a number that another device gets: its legs are its own alone', (t) => {
  const { journeys, write, counts, devices } = follow();
  write(overForwarder(packet));
  write(overForwarder({ ...packet, key: 2 }).slice(0, 3));
  journeys.expire(afterNs);
  write(overForwarder({ startNs: afterNs, key: 3, residenceNs: 5 }).slice(0, 3));
  journeys.poll();
  journeys.reassign(2);
  devices.set(2, tun('tun9', 9));
  write(overForwarder({ startNs: 2 * afterNs, key: 4, residenceNs: 6 }));
  journeys.expire(4 * afterNs);
  t.deepEqual(counts(), [
    ['forwarder', 'a/tun0', 'a/tun1', 2],
    ['end_to_end', 'a/tun0', 'a/tun1', 2],
    ['forwarder', 'a/tun0', 'a/tun9', 1],
    ['end_to_end', 'a/tun0', 'a/tun9', 1],
  ]);
  t.like(journeys.totals, { begun: 4, whole: 3, ambiguous: 1 });
});

test('what is lost while the ring is refused lets fewer packets be followed all the same, and is told', (t) => {
  const { control, memory, journeys, ledger } = follow();
  control.eventsLost += 1;
  memory.add(Buffer.alloc(64));
  t.throws(() => journeys.poll(), { instanceOf: VifscopeError });
  t.is(journeys.totals.every, 2);
  t.is(control.sampleUpTo, 2 ** 31 - 1);
  t.is(ledger.everyMost, 2);
});

test('after the end nothing is sampled, also where events were lost last', (t) => {
  const { control, journeys } = follow();
  t.is(control.sampleUpTo, 2 ** 32 - 1);
  control.eventsLost += 1;
  journeys.end();
  t.is(control.sampleUpTo, null);
});

test('after the end nothing is sampled, also where the ring is refused', (t) => {
  const { control, memory, journeys } = follow();
  memory.add(Buffer.alloc(64));
  t.throws(() => journeys.end(), { instanceOf: VifscopeError });
  t.is(control.sampleUpTo, null);
});
