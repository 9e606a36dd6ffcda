// Catches: a drop that two counters count as two, one on the wrong device, and a count from before the load.
import test from 'ava';
import fc from 'fast-check';
import { placeDrops } from '../../../src/bench/drops/placeDrops.js';
import { deviceOf, pair, pathOf } from './counters.js';

const nothing = pathOf([]);
const tun = (txDropped: number, rxDropped = 0) => deviceOf('left', 'tun0', 'tun', { txDropped, rxDropped });

test("a full tun ring counts in the tun's tx_dropped, from the load's beginning on", (t) => {
  const drops = placeDrops(pathOf([tun(40)]), pathOf([tun(100)]));
  t.deepEqual(drops, [{ netns: 'left', device: 'tun0', place: 'ring', reason: 'tx_dropped', count: 60 }]);
});

test('a device that was made anew has dropped what it counts, and no counter runs backwards', (t) => {
  t.is(placeDrops(nothing, pathOf([tun(100)]))[0]?.count, 100);
  t.deepEqual(placeDrops(pathOf([tun(100)]), pathOf([tun(40)])), []);
  const other = deviceOf('left', 'tun0', 'tun', { ifindex: 3, txDropped: 5 });
  t.is(placeDrops(pathOf([tun(100)]), pathOf([other]))[0]?.count, 5);
});

test('a qdisc counts what those below it drop, and one at the entrance stands by itself', (t) => {
  const device = (root: number) =>
    deviceOf('left', 'veth0', 'veth', {
      qdiscs: [
        { kind: 'tbf', place: 'root', drops: root },
        { kind: 'bfifo', place: 'parent', drops: root },
        { kind: 'clsact', place: 'ingress', drops: Math.floor(root / 3) },
      ],
    });
  const drops = placeDrops(pathOf([device(0)]), pathOf([device(9)]));
  t.deepEqual(
    drops.map(({ place, reason, count }) => [place, reason, count]),
    [
      ['qdisc', 'tbf drops', 9],
      ['qdisc', 'clsact drops', 3],
    ],
  );
});

test('a full backlog counts three times, and is one drop of the receiving end', (t) => {
  const after = pathOf(pair({ txDropped: 50 }, { rxDropped: 50 }), { backlogDrops: 50 });
  t.deepEqual(placeDrops(pathOf(pair({}, {})), after), [
    { netns: 'right', device: 'veth1', place: 'backlog', reason: 'softnet_stat dropped', count: 50 },
  ]);
});

test('what the peer refused is its own, and what neither it nor a backlog counts was its full ring', (t) => {
  const after = pathOf(pair({ txDropped: 50 }, { rxDropped: 30 }), { backlogDrops: 20 });
  t.deepEqual(
    placeDrops(pathOf(pair({}, {})), after).map(({ device, place, count }) => [device, place, count]),
    [
      ['veth1', 'backlog', 20],
      ['veth1', 'driver', 10],
      ['veth1', 'ring', 20],
    ],
  );
});

test('a veth whose peer is not on the path keeps its drops', (t) => {
  const sender = pair({ txDropped: 4 }, {}).slice(0, 1);
  const strange = deviceOf('far', 'veth9', 'veth', {
    ifindex: 9,
    peer: { netns: 'left', ifindex: 1 },
    rxDropped: 4,
  });
  const after = pathOf([...sender, strange], { backlogDrops: 4 });
  t.deepEqual(
    placeDrops(nothing, after).map(({ device, place, count }) => [device, place, count]),
    [
      ['veth0', 'driver', 4],
      ['veth9', 'backlog', 4],
    ],
  );
});

test('pairs whose numbers are the same are told apart by their namespaces', (t) => {
  const end = (netns: string, other: string, changes = {}) =>
    deviceOf(netns, 'veth0', 'veth', { ifindex: 2, peer: { netns: other, ifindex: 2 }, ...changes });
  const devices = [end('a', 'b'), end('c', 'd', { txDropped: 6 }), end('b', 'a'), end('d', 'c')];
  t.deepEqual(
    placeDrops(nothing, pathOf(devices)).map(({ netns, place, count }) => [netns, place, count]),
    [['d', 'ring', 6]],
  );
});

test("a backlog's drops that no device of the path has are others'", (t) => {
  t.deepEqual(placeDrops(nothing, pathOf([tun(0, 2)], { backlogDrops: 900 })), [
    { netns: 'left', device: 'tun0', place: 'backlog', reason: 'softnet_stat dropped', count: 2 },
  ]);
});

test('a full socket counts once, with its namespace', (t) => {
  const protocols = (errors: number) => [
    { netns: 'right', counts: { 'Udp.RcvbufErrors': errors, 'Udp.InErrors': errors, 'Udp.InDatagrams': 5 } },
  ];
  t.deepEqual(placeDrops(pathOf([], { protocols: protocols(1) }), pathOf([], { protocols: protocols(8) })), [
    { netns: 'right', device: null, place: 'socket', reason: 'Udp.RcvbufErrors', count: 7 },
  ]);
});

test('whatever the counters of a pair are, no drop is lost and none counted twice', (t) => {
  const count = fc.nat(1_000);
  fc.assert(
    fc.property(count, count, count, (txDropped, rxDropped, backlogDrops) => {
      const drops = placeDrops(nothing, pathOf(pair({ txDropped }, { rxDropped }), { backlogDrops }));
      const sum = drops.reduce((all, drop) => all + drop.count, 0);
      return sum === Math.max(txDropped, rxDropped) && drops.every((drop) => drop.count > 0);
    }),
  );
  t.pass();
});
