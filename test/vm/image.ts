// Makes the VM's initramfs: this host's programs, the project, a kernel's modules, and an init that runs the checks.
// The VM switches itself off; whatever happens in it, init's end is the VM's end.
import { openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type ArchiveEntry, archive, directory, file } from '../../src/bench/guest/cpio.js';
import { upLine } from './protocol.js';
import { collectSystem, projectPlace } from './system.js';

const initScript = `#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
$b mount -t devtmpfs devtmpfs /dev
$b mount -t tmpfs tmpfs /run
echo ${upLine}
$b ln -s busybox /bin/sh
for module in /modules/*; do $b insmod $module || echo "cannot insert $module"; done
export PATH=/usr/bin:/bin
ip link set lo up
node /${projectPlace}/dist/test/vm/inside/main.js
$b poweroff -f
`;

/**
 * The initramfs as a file without a name, so that nothing is left of it however we end. The descriptor is the caller's.
 * @param libraries a folder of libraries that take the place of this host's
 */
export function openVmImage(modules: readonly string[], libraries: string | null = null): number {
  const placed = [
    ...collectSystem(libraries),
    ...modules.map((module) => [`modules/${basename(module)}`, module] as const),
  ].map(([place, source]) => file(place, readFileSync(source), 0o755));
  const files = [...placed, file('init', Buffer.from(initScript), 0o755)];
  const path = join(tmpdir(), `vifscope-vm-${process.pid}.cpio`);
  const descriptor = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  writeFileSync(descriptor, archive([...directoriesOf(files), ...files]));
  return descriptor;
}

const rootFolders = ['proc', 'sys', 'dev', 'run', 'tmp'];

/** Every folder that the files are in, and those named. */
export function directoriesOf(
  files: readonly ArchiveEntry[],
  also: readonly string[] = rootFolders,
): ArchiveEntry[] {
  const folders = new Set(also);
  for (const { name } of files)
    for (let folder = dirname(name); folder !== '.'; folder = dirname(folder)) folders.add(folder);
  // Sorted, so that a directory comes before what is in it.
  return [...folders].sort().map(directory);
}
