// Catches: a device's setting misread, or one that changes from run to run though nothing was changed.
import test from 'ava';
import {
  featureEntries,
  fileEntries,
  linkEntries,
  qdiscText,
} from '../../../src/bench/surroundings/deviceEntries.js';
import { readDeviceSettings } from '../../../src/bench/surroundings/devices.js';

test('a qdisc is told by its settings, not by the handle it happened to get', (t) => {
  const shown = (handle: string) =>
    `qdisc tbf ${handle}: root refcnt 2 rate 10Mbit burst 5Kb lat 50ms \nqdisc clsact ffff: parent ffff:fff1 \n`;
  t.is(qdiscText(shown('8001')), 'tbf root rate 10Mbit burst 5Kb lat 50ms; clsact parent ffff:fff1');
  t.is(qdiscText(shown('8001')), qdiscText(shown('8002')));
  t.is(qdiscText('\n'), 'none');
  t.is(qdiscText(null), null);
});

test('queues are counted also where their masks can not be read', (t) => {
  const text =
    'queues/rx-0=\nqueues/rx-1=\nqueues/tx-0=\nthreaded=1\nqueues/rx-0/rps_cpus=3\nqueues/rx-1/rps_cpus=0\n';
  const entries = Object.fromEntries(fileEntries(text));
  t.like(entries, {
    'threaded NAPI': '1',
    'GRO flush timeout': null,
    'receive queues': '2',
    'RPS CPUs': '0, 3',
    'transmit queues': '1',
    'XPS CPUs': null,
  });
  t.false('tun flags' in entries);
});

test('the flags of a tun or tap are told by name', (t) => {
  const flags = (text: string) => Object.fromEntries(fileEntries(`tun_flags=${text}\n`))['tun flags'];
  t.is(flags('0x1001'), 'tun no_pi');
  t.is(flags('0x5902'), 'tap multi_queue persist no_pi vnet_hdr');
});

test('what nobody told is null, under the same names', (t) => {
  for (const entriesOf of [linkEntries, featureEntries, fileEntries])
    t.true(entriesOf(null).length > 0 && entriesOf(null).every(([, value]) => value === null));
  const link = '[{"ifindex":1,"mtu":1500,"txqlen":500,"num_tx_queues":4,"linkinfo":{"info_kind":"veth"}}]';
  t.deepEqual(
    linkEntries(link).map(([name]) => name),
    linkEntries(null).map(([name]) => name),
  );
  t.like(Object.fromEntries(linkEntries(link)), {
    kind: 'veth',
    mtu: '1500',
    txqueuelen: '500',
    XDP: 'none',
  });
});

test('an offload is one whole line', (t) => {
  const text =
    'Features for x:\ntcp-segmentation-offload: off\n\ttx-tcp-segmentation: on\nscatter-gather: on [fixed]\n';
  t.like(Object.fromEntries(featureEntries(text)), {
    'tcp-segmentation-offload': 'off',
    'scatter-gather': 'on [fixed]',
    'generic-receive-offload': null,
  });
});

test('a device of our own namespace is told by its role and name', async (t) => {
  const settings = await readDeviceSettings([{ netns: 'host', device: 'lo', role: 'sink' }]);
  t.regex(settings['sink/lo mtu'] ?? '', /^\d+$/);
  t.is(settings['sink/lo receive queues'], '1');
  t.is(settings['sink/lo transmit queues'], '1');
});
