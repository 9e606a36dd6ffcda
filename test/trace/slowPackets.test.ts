import test from 'ava';
import { RecentEvents } from '../../src/trace/recentEvents.js';
import { holdNs, SlowPackets } from '../../src/trace/slowPackets.js';
import { ms, outlier } from './sampleOutlier.js';

const end = 1_100 * ms;

test('a packet is held for what may still happen to it', (t) => {
  const packets = new SlowPackets(new RecentEvents(8));
  packets.add(outlier());
  t.deepEqual(packets.take(end + holdNs - 1), []);
  t.is(packets.take(end + holdNs).length, 1);
  t.deepEqual(packets.take(end + 2 * holdNs), [], 'once');
});

test('slow waits of one packet are one packet', (t) => {
  const packets = new SlowPackets(new RecentEvents(8));
  packets.add(outlier());
  packets.add(outlier({ device: 7, segment: 'backlog', endNs: end + 30 * ms, waitNs: 20 * ms }));
  packets.add(outlier({ contentLow: 3 }));
  const told = packets.take(Number.POSITIVE_INFINITY);
  t.deepEqual(
    told.map(({ waits }) => waits.map(({ segment }) => segment)),
    [['ring', 'backlog'], ['ring']],
  );
});

test('packets of the same content are no one packet: twice in a segment, or in two at once', (t) => {
  for (const other of [outlier(), outlier({ device: 7, endNs: end + ms })]) {
    const packets = new SlowPackets(new RecentEvents(8));
    packets.add(outlier());
    packets.add(other);
    t.is(packets.take(Number.POSITIVE_INFINITY).length, 2);
  }
});

test('packets without content are not taken for one', (t) => {
  const packets = new SlowPackets(new RecentEvents(8));
  const none = { contentHigh: 0, contentLow: 0 };
  packets.add(outlier(none));
  packets.add(outlier({ ...none, device: 7, endNs: end + 200 * ms }));
  const told = packets.take(Number.POSITIVE_INFINITY);
  t.deepEqual(
    told.map(({ waits, way }) => [waits.length, way]),
    [
      [1, null],
      [1, null],
    ],
  );
});

test('the way is what was seen of the same content; none where it is not one packet alone', (t) => {
  const events = new RecentEvents(64);
  const packets = new SlowPackets(events);
  events.add(1_000 * ms, 1, 2, 2, 1);
  events.add(1_000 * ms, 1, 9, 2, 1);
  events.add(1_100 * ms, 1, 2, 2, 2);
  events.add(1_101 * ms, 1, 2, 7, 3);
  packets.add(outlier());
  const [told] = packets.take(Number.POSITIVE_INFINITY);
  t.deepEqual(told?.way, [
    { timeNs: 1_000 * ms, device: 2, point: 1 },
    { timeNs: 1_100 * ms, device: 2, point: 2 },
    { timeNs: 1_101 * ms, device: 7, point: 3 },
  ]);
  // Seen where it was before, or written twice in a row.
  for (const [device, point] of [
    [2, 1],
    [8, 3],
  ] as const) {
    const others = new RecentEvents(64);
    const copied = new SlowPackets(others);
    for (const step of told?.way ?? []) others.add(step.timeNs, 1, 2, step.device, step.point);
    others.add(1_102 * ms, 1, 2, device, point);
    copied.add(outlier());
    t.is(copied.take(Number.POSITIVE_INFINITY)[0]?.way, null);
  }
});

test('a packet that its driver has freed is known by when it was sent', (t) => {
  const events = new RecentEvents(64);
  const packets = new SlowPackets(events);
  events.add(1_000 * ms, 5, 6, 3, 1);
  events.add(1_000 * ms, 7, 8, 2, 1);
  packets.add(outlier({ segment: 'driver', contentHigh: 0, contentLow: 0 }));
  const [told] = packets.take(Number.POSITIVE_INFINITY);
  t.deepEqual([told?.waits[0]?.contentHigh, told?.waits[0]?.contentLow], [7, 8]);
});

test('when a packet was sent is looked for behind all that came later, and no further than it may lie', (t) => {
  const events = new RecentEvents(1_024);
  events.add(500 * ms, 5, 6, 2, 1);
  for (let event = 0; event < 100; event++) events.add(990 * ms + event, 1, event, 3, 1);
  events.add(1_000 * ms, 7, 8, 2, 1);
  // Stamped long ago, written late; and what came later.
  for (let event = 0; event < 30; event++) events.add(900 * ms, 2, event, 3, 3);
  for (let event = 1; event <= 300; event++) events.add(1_000 * ms + event, 3, event, 2, 1);
  t.deepEqual(events.contentAt(2, 1_000 * ms), { high: 7, low: 8 });
  t.is(events.contentAt(4, 1_000 * ms), null);
});

test('as many events are remembered as there is room for, and none that was overwritten', (t) => {
  const events = new RecentEvents(4);
  for (let event = 1; event <= 6; event++) events.add(event, 1, 2, event, 1);
  // Another content on the same head.
  events.add(7, 1, 2 + 4, 7, 1);
  const found = events.find(1, 2, 0, 100);
  t.deepEqual(
    found.map(({ device }) => device),
    [4, 5, 6],
  );
  t.deepEqual(
    events.find(1, 2, 5, 5).map(({ device }) => device),
    [5],
  );
  t.deepEqual(events.find(1, 3, 0, 100), []);
});
