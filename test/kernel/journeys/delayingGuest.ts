// The tap path with a guest that can hold packets: the demo's guest, with netem, and with tc on its console.

import { closeSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { findGuestKernel } from '../../../src/bench/guest/cache.js';
import { file } from '../../../src/bench/guest/cpio.js';
import { type GuestAdditions, writeGuestImage } from '../../../src/bench/guest/image.js';
import { startGuest } from '../../../src/bench/guest/qemu.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { configureEnds, makeEnds } from '../../../src/bench/topologies/ends.js';
import { within } from '../../../src/bench/within.js';
import { inNetns, openTunTap } from '../../../src/libbpf/libc.js';
import { findGuestTestKernel } from '../../vm/cachedKernel.js';
import { directoriesOf } from '../../vm/image.js';
import { librariesOf, pathOf } from '../../vm/system.js';

const limitSeconds = 20;
const didLine = 'vifscope guest did';

export interface DelayingGuest {
  readonly path: BuiltPath;
  /** Has the guest hold what it sends by this netem. @param parameters as of tc, "delay 10ms 5ms" */
  hold(parameters: string): Promise<void>;
}

/** netem's module, and the host's own tc with its libraries: busybox has none that knows netem. */
function additions(): GuestAdditions {
  const netem = findGuestTestKernel().modules.filter((path) => path.endsWith('sch_netem.ko'));
  const tc = pathOf('tc');
  const files = [
    ...netem.map((path) => file(`modules/90-${basename(path)}`, readFileSync(path), 0o644)),
    ...[tc, ...librariesOf(tc)].map((path) => file(path.slice(1), readFileSync(path), 0o755)),
  ];
  const lastly = `while read command; do eval "$command" && echo ${didLine}; done`;
  return { files: [...directoriesOf(files, []), ...files], lastly };
}

export async function buildDelayingTap(scope: Scope): Promise<DelayingGuest> {
  const kernel = findGuestKernel();
  const ends = await makeEnds('tap', scope);
  const { addresses, generatorNetns, sinkNetns } = ends;
  const initramfs = join(tmpdir(), `vifscope-guest-${process.pid}.cpio`);
  scope.cleanup.add('remove the image', () => rmSync(initramfs, { force: true }));
  writeGuestImage(initramfs, addresses, kernel.modules, additions());
  const open = (netns: string, device: string) => {
    const fd = inNetns(netns, () => openTunTap('tap', device));
    return { fd, close: scope.cleanup.add(`close ${device}`, () => closeSync(fd)) };
  };
  const taps = [open(generatorNetns, 'tap0'), open(sinkNetns, 'tap1')] as const;
  const spec = { kernel: kernel.image, initramfs, addresses, taps: [[taps[0].fd], [taps[1].fd]] } as const;
  const { process: qemu, settings } = await startGuest(spec, scope);
  for (const { close } of taps) await close();
  const devices = { generator: 'tap0', sink: 'tap1' };
  const built = await configureEnds(ends, devices, addresses.guestInMac, scope);
  const { stdin, stdout } = qemu.child;
  if (!stdin || !stdout) throw new Error('the guest has no console');
  const lines = createInterface({ input: stdout });
  const hold = async (parameters: string) => {
    const said: string[] = [];
    const done = new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        said.push(line.trim());
        if (line.trim() === didLine) resolve();
      });
    });
    stdin.write(`${pathOf('tc')} qdisc replace dev $out root netem limit 100000 ${parameters}\n`);
    const onLimit = () => new Error(`the guest does not hold packets: ${said.join(', ')}`);
    await within(done, { limitSeconds, onLimit, signal: scope.signal });
    lines.removeAllListeners('line');
  };
  return { path: { ...built, middlePid: qemu.pid, middleFailure: qemu.howEnded, guest: settings }, hold };
}
