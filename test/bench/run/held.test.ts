// Catches: a queue that a trial is too short for, because its length was taken for another's.
import test from 'ava';
import { buildPath } from '../../../src/bench/buildPath.js';
import { runCommand } from '../../../src/bench/command.js';
import { heldPacketsOf, qdiscPackets } from '../../../src/bench/run/held.js';
import { realTest } from '../realHost.js';

test('a qdisc holds what its limit says, else what the device does', (t) => {
  t.is(qdiscPackets([], 1_000), 0);
  t.is(qdiscPackets([{ kind: 'noqueue', options: {} }], 1_000), 0);
  t.is(qdiscPackets([{ kind: 'pfifo', options: { limit: 50 } }], 1_000), 50);
  t.is(qdiscPackets([{ kind: 'fq_codel', options: { limit: 10_240 } }], 1_000), 10_240);
  t.is(qdiscPackets([{ kind: 'bfifo', options: { limit: 6_400 } }], 1_000), 100);
  const children = [
    { kind: 'mq', options: {} },
    { kind: 'pfifo_fast', options: { bands: 3 } },
  ];
  t.is(qdiscPackets(children, 500), 500);
});

realTest(
  'veth',
  'a queue that is put in front of a device is part of what the path holds',
  async (t, scope) => {
    const path = await buildPath('veth', scope);
    const before = heldPacketsOf(path);
    const add = 'qdisc add dev veth0 root pfifo limit 77'.split(' ');
    await runCommand('tc', ['-n', path.generatorNetns, ...add]);
    t.is(heldPacketsOf(path), before + 77);
  },
);
