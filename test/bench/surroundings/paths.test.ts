// Settings of real devices, each in a namespace of its own: a setting changed is a setting told.
import { buildPath } from '../../../src/bench/buildPath.js';
import { runCommand } from '../../../src/bench/command.js';
import { readDeviceSettings } from '../../../src/bench/surroundings/devices.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';

kernelTest('what is set on a veth is told, of that end alone', ['tc', 'ethtool'], async (t, scope) => {
  const path = await buildPath('veth', scope);
  const netns = path.generatorNetns;
  const setGro = (state: 'on' | 'off') =>
    runCommand('ip', ['netns', 'exec', path.sinkNetns, 'ethtool', '-K', 'veth1', 'gro', state]);
  await setGro('off');
  const before = await readDeviceSettings(path.devices);
  t.like(before, {
    'generator/veth0 kind': 'veth',
    'generator/veth0 mtu': '1500',
    'generator/veth0 qdisc': 'noqueue root',
    'generator/veth0 threaded NAPI': '0',
    'generator/veth0 XDP': 'none',
    'sink/veth1 generic-receive-offload': 'off',
  });
  await runCommand('ip', ['-n', netns, 'link', 'set', 'veth0', 'mtu', '1400', 'txqueuelen', '77']);
  const bucket = ['root', 'handle', '5:', 'tbf', 'rate', '10mbit', 'burst', '5kb', 'latency', '50ms'];
  await runCommand('tc', ['-n', netns, 'qdisc', 'add', 'dev', 'veth0', ...bucket]);
  await setGro('on');
  const after = await readDeviceSettings(path.devices);
  t.deepEqual(Object.keys(after), Object.keys(before));
  const changed = Object.entries(after).filter(([name, value]) => before[name] !== value);
  t.log(changed);
  t.like(Object.fromEntries(changed), {
    'generator/veth0 mtu': '1400',
    'generator/veth0 txqueuelen': '77',
    'sink/veth1 generic-receive-offload': 'on',
  });
  t.regex(after['generator/veth0 qdisc'] ?? '', /^tbf root rate 10Mbit burst 5Kb lat 50(\.0)?ms$/);
  t.is(changed.length, 4);
});

kernelTest('a tun has its flags', ['tun'], async (t, scope) => {
  const path = await buildPath('tun', scope);
  const settings = await readDeviceSettings(path.devices);
  t.like(settings, { 'generator/tun0 kind': 'tun', 'generator/tun0 tun flags': 'tun no_pi' });
  t.is(settings['sink/tun1 receive queues'], '1');
});
