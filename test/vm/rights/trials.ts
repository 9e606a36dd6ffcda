// Tries one thing at a time on this kernel, as whoever this process is: creating the maps, and loading and attaching a
// program by each mechanism.
import { reasonOf } from '../../../src/errors.js';
import { bpfObjectPathHere } from '../../../src/kernel/bpfObjects.js';
import { prepareMemory } from '../../../src/kernel/memory.js';
import { sizesFor } from '../../../src/kernel/sizes.js';
import { BpfObject } from '../../../src/libbpf/object.js';
import { segments } from '../../../src/measure/segments.js';
import type { Trial, Use } from './report.js';

/** A megabyte of histograms: more than a limit of 64 KiB lets anybody lock. */
const sizes = sizesFor(1, { shards: 64, inFlightPackets: 64 });
const allSegments = segments.map(({ name }) => name);

/** One program a mechanism; the maps are created by loading none. */
const programOf: Readonly<Record<Use, string | null>> = {
  maps: null,
  tp_btf: 'on_net_dev_queue',
  fentry: 'fentry_tun_get_user',
  kprobe: 'kprobe_tun_get_user',
};

export const tryUses = (uses: readonly Use[]): Trial[] =>
  uses.map((use) => ({ use, refusal: refusalOf(use) }));

export function refusalOf(use: Use): string | null {
  const program = programOf[use];
  const object = BpfObject.open(bpfObjectPathHere());
  try {
    prepareMemory(object, sizes, allSegments);
    if (program !== null) object.select(program);
    object.load();
    if (program !== null) object.attach(program);
    return null;
  } catch (error) {
    return reasonOf(error);
  } finally {
    object.close();
  }
}
