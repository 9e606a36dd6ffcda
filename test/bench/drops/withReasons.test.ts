// Catches: a drop that counter and kernel both tell as two, and one that only either tells left out.
import test from 'ava';
import fc from 'fast-check';
import { withReasons } from '../../../src/bench/drops/withReasons.js';
import type { PlacedDrop } from '../../../src/bench/result/schema.js';

const ring: PlacedDrop = { netns: 'left', device: 'tun0', place: 'ring', reason: 'tx_dropped', count: 60 };
const socket: PlacedDrop = {
  ...ring,
  netns: 'right',
  device: null,
  place: 'socket',
  reason: 'Udp.RcvbufErrors',
};
const line = (netns: string, device: string, reason: string, count: number) => ({
  netns,
  device,
  reason,
  count,
});
const both = ['left', 'right'];

test("the kernel's reason takes the counter's place", (t) => {
  t.deepEqual(withReasons([ring], [line('left', 'tun0', 'FULL_RING', 60)], both), [
    { ...ring, reason: 'FULL_RING' },
  ]);
  t.deepEqual(withReasons([socket], [line('right', 'veth1', 'SOCKET_RCVBUFF', 60)], both), [
    { ...socket, device: 'veth1', reason: 'SOCKET_RCVBUFF' },
  ]);
});

test('what a counter has beyond the reasons stays, and what no counter has comes in', (t) => {
  const lines = [line('left', 'tun0', 'FULL_RING', 50), line('left', 'tun0', 'NETFILTER_DROP', 3)];
  t.deepEqual(
    withReasons([ring], lines, both).map(({ place, reason, count }) => [place, reason, count]),
    [
      ['ring', 'FULL_RING', 50],
      ['unknown', 'NETFILTER_DROP', 3],
      ['ring', 'tx_dropped', 7],
    ],
  );
});

test('a kernel without reasons leaves the places to the counters', (t) => {
  const lines = [line('left', 'tun0', 'NOT_SPECIFIED', 62)];
  t.deepEqual(
    withReasons([ring], lines, both).map(({ place, reason, count }) => [place, reason, count]),
    [
      ['ring', 'tx_dropped', 60],
      ['unknown', 'NOT_SPECIFIED', 2],
    ],
  );
});

test('drops elsewhere on the host are not of this path', (t) => {
  t.deepEqual(withReasons([], [line('host', 'eth0', 'NO_SOCKET', 9)], both), []);
});

test('a drop is explained once: a socket and a ring that lost as many stay two', (t) => {
  const lines = [line('right', 'veth1', 'SOCKET_RCVBUFF', 60)];
  t.deepEqual(
    withReasons([ring, socket], lines, both).map(({ place, count }) => [place, count]),
    [
      ['socket', 60],
      ['ring', 60],
    ],
  );
});

test('where both saw the same drops, as many come out as there were', (t) => {
  const reasons = ['FULL_RING', 'TAP_TXFILTER', 'NOT_SPECIFIED', 'HDR_TRUNC'];
  const counts = fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(100));
  fc.assert(
    fc.property(counts, (all) => {
      const sum = all.reduce((a, b) => a + b, 0);
      const lines = all.map((count, at) => line('left', 'tun0', reasons[at] ?? '', count));
      const drops = withReasons([{ ...ring, count: sum }], lines, both);
      return drops.reduce((a, { count }) => a + count, 0) === sum;
    }),
  );
  t.pass();
});
