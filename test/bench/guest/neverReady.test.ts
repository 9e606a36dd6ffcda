// A guest that neither boots nor ends: the wait for it has a limit, and what was started is gone by then.
// Catches: a run that waits for ever, and a QEMU that is left.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressesOf } from '../../../src/bench/addresses.js';
import { startGuest } from '../../../src/bench/guest/qemu.js';
import { VifscopeError } from '../../../src/errors.js';
import { childrenOf, realTest } from '../realHost.js';

/** In the place of QEMU; says a line as a firmware would. */
const sleeper = '#!/bin/sh\necho firmware ready\nexec sleep 600\n';

realTest('veth', 'a guest that says nothing within the limit is named, and is gone', async (t, scope) => {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-guest-'));
  const { PATH, VIFSCOPE_CACHE } = process.env;
  t.teardown(() => {
    rmSync(directory, { recursive: true });
    process.env.PATH = PATH;
    if (VIFSCOPE_CACHE === undefined) delete process.env.VIFSCOPE_CACHE;
    else process.env.VIFSCOPE_CACHE = VIFSCOPE_CACHE;
  });
  writeFileSync(join(directory, 'qemu-system-x86_64'), sleeper);
  chmodSync(join(directory, 'qemu-system-x86_64'), 0o755);
  process.env.PATH = `${directory}:${PATH}`;
  // Where a KVM that did not boot it is remembered.
  process.env.VIFSCOPE_CACHE = directory;
  const before = childrenOf(process.pid);
  const spec = { kernel: 'none', initramfs: 'none', addresses: addressesOf('tap'), taps: [[], []] } as const;
  const limitSeconds = { kvm: 1, tcg: 1 };
  const error = await t.throwsAsync(() => startGuest(spec, scope, limitSeconds), {
    instanceOf: VifscopeError,
  });
  t.is(error?.code, 'FAILED');
  t.regex(error?.message ?? '', /^cannot boot the guest: not ready within 1 s, firmware ready; /);
  t.deepEqual(childrenOf(process.pid), before);
});
