// Catches: a qdisc that is asked for and not put there, put on another end, or not told in the result.
import { buildPath } from '../../src/bench/buildPath.js';
import type { PathName } from '../../src/bench/path.js';
import { readDeviceSettings } from '../../src/bench/surroundings/devices.js';
import { realTest } from './realHost.js';

for (const name of ['veth', 'bridge', 'tun'] as const satisfies readonly PathName[])
  realTest(name, `${name}: the qdisc that is asked for is the generator's alone`, async (t, scope) => {
    const path = await buildPath(name, scope, { qdisc: 'pfifo' });
    const settings = await readDeviceSettings(path.devices);
    for (const { role, device } of path.devices) {
      const told = settings[`${role}/${device} qdisc`] ?? '';
      t.is(role === 'generator', told.startsWith('pfifo root'), `${role}/${device}: ${told}`);
    }
  });
