// The queue in front of the generator's device: by default the path's own, which is not the same on each.
import { runCommand } from '../command.js';
import type { BuiltPath } from '../path.js';

/** Those that need no classes and no rate. The kernel may lack some. */
export const qdiscKinds = [
  'pfifo',
  'bfifo',
  'pfifo_fast',
  'fq',
  'fq_codel',
  'codel',
  'sfq',
  'cake',
  'noqueue',
] as const;
export type QdiscKind = (typeof qdiscKinds)[number];

/** @throws VifscopeError FAILED where the kernel has no such kind */
export async function putQdisc({ devices }: BuiltPath, kind: QdiscKind): Promise<void> {
  for (const { netns, device, role } of devices)
    if (role === 'generator')
      await runCommand('tc', ['-n', netns, 'qdisc', 'replace', 'dev', device, 'root', kind]);
}
