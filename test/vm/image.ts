// Writes the VM's initramfs: this host's programs, the project, a kernel's modules, and an init that runs the checks.
// The VM switches itself off; whatever happens in it, init's end is the VM's end.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
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

export function writeVmImage(path: string, modules: readonly string[]): void {
  const placed = [
    ...collectSystem(),
    ...modules.map((module) => [`modules/${basename(module)}`, module] as const),
  ].map(([place, source]) => file(place, readFileSync(source), 0o755));
  const files = [...placed, file('init', Buffer.from(initScript), 0o755)];
  writeFileSync(path, archive([...directoriesOf(files), ...files]));
}

function directoriesOf(files: readonly ArchiveEntry[]): ArchiveEntry[] {
  const folders = new Set(['proc', 'sys', 'dev', 'run', 'tmp']);
  for (const { name } of files)
    for (let folder = dirname(name); folder !== '.'; folder = dirname(folder)) folders.add(folder);
  // Sorted, so that a directory comes before what is in it.
  return [...folders].sort().map(directory);
}
