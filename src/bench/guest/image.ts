// The guest's whole system: an initramfs of a static busybox, the kernel's virtio modules and one init script.
// The guest routes from one virtio device to the other and does nothing else.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { VifscopeError } from '../../errors.js';
import type { Addresses } from '../addresses.js';
import { type ArchiveEntry, archive, directory, file } from './cpio.js';

const busybox = '/bin/busybox';

/** What the guest says on its console when it routes. */
export const readyLine = 'vifscope guest ready';

/** Devices are found by their MAC address: their names depend on the order in which the guest probes them. */
const initScript = ({ guestInMac, guestOutMac, sink, sinkMac }: Addresses, lastly: string) => `#!${busybox} sh
b=${busybox}
$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
for module in /modules/*; do $b insmod $module || echo "cannot insert $module"; done
for path in /sys/class/net/*; do
  device=$($b basename $path)
  case $($b cat $path/address) in
    ${guestInMac}) in=$device ;;
    ${guestOutMac}) out=$device ;;
  esac
done
for scope in all default $in $out; do echo 0 > /proc/sys/net/ipv4/conf/$scope/rp_filter; done
echo 1 > /proc/sys/net/ipv4/ip_forward
$b ip link set $in up &&
$b ip link set $out up &&
$b ip route add ${sink}/32 dev $out &&
$b arp -i $out -s ${sink} ${sinkMac} &&
echo ${readyLine} || $b poweroff -f
${lastly}
while :; do $b sleep 3600; done
`;

/** What a guest of another purpose has besides. */
export interface GuestAdditions {
  readonly files: readonly ArchiveEntry[];
  /** Lines of the init script once the guest routes; its devices are $in and $out, busybox is $b. */
  readonly lastly: string;
}

/** Writes the initramfs; whoever reads it meanwhile sees the old file or the new one, never half of one. */
export function writeGuestImage(
  path: string,
  addresses: Addresses,
  modules: readonly string[],
  { files, lastly }: GuestAdditions = { files: [], lastly: '' },
): void {
  const image = archive([
    ...['bin', 'dev', 'modules', 'proc', 'sys'].map(directory),
    file('bin/busybox', readBusybox(), 0o755),
    ...modules.map((module) => file(`modules/${basename(module)}`, readFileSync(module), 0o644)),
    ...files,
    file('init', Buffer.from(initScript(addresses, lastly)), 0o755),
  ]);
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, image);
  renameSync(unfinished, path);
}

function readBusybox(): Buffer {
  try {
    return readFileSync(busybox);
  } catch (cause) {
    throw new VifscopeError({
      code: 'LIBRARY_MISSING',
      operation: 'read',
      object: busybox,
      reason: 'the static busybox is not installed',
      remedy: 'run scripts/setup.sh',
      cause,
    });
  }
}
