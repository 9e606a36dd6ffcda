// A host without ethtool: said, and no failure. In a file of its own, since it changes what all of the process can find.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { readDeviceSettings } from '../../../src/bench/surroundings/devices.js';
import { readVersions } from '../../../src/bench/surroundings/versions.js';

test('offloads are unknown where there is no ethtool', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'vifscope-commands-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const command of ['ip', 'tc', 'sh', 'cat']) {
    const path = execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim();
    symlinkSync(path, join(folder, command));
  }
  const before = process.env.PATH;
  t.teardown(() => {
    process.env.PATH = before;
  });
  process.env.PATH = folder;

  const settings = await readDeviceSettings([{ netns: 'host', device: 'lo', role: 'sink' }]);
  t.is(settings['sink/lo generic-receive-offload'], 'unknown');
  t.regex(settings['sink/lo mtu'] ?? '', /^\d+$/);
  const versions = await readVersions();
  t.is(versions['version of ethtool'], 'not installed');
  t.regex(versions['version of iproute2'] ?? '', /iproute2/);
});
