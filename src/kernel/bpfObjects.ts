// The committed BPF objects, and which of the two that measure fits this kernel: they differ in how a program claims
// a packet's stamp (bpf/ownership.h) and in nothing else.
import { fileURLToPath } from 'node:url';
import { LibbpfError } from '../libbpf/library.js';
import { BpfObject } from '../libbpf/object.js';

export const bpfObjectPath = (name: string): string =>
  fileURLToPath(new URL(`../../../bpf/${name}.bpf.o`, import.meta.url));

export type Claiming = 'compare-and-exchange' | 'gates';

export const bpfObjectPaths: Readonly<Record<Claiming, string>> = {
  'compare-and-exchange': bpfObjectPath('vifscope'),
  gates: bpfObjectPath('vifscope-no-cmpxchg'),
};

const EINVAL = 22;

/** What the running kernel's programs can claim by: its verifier is asked, since releases tell nothing of backports. */
export function claimingHere(): Claiming {
  const object = BpfObject.open(bpfObjectPath('cmpxchg'));
  try {
    object.select('cmpxchg');
    object.load();
    return 'compare-and-exchange';
  } catch (error) {
    // Refused for anything else, missing privileges say, it tells nothing of the instruction; the object's own
    // load will give the reason.
    if (error instanceof LibbpfError) return error.errno === EINVAL ? 'gates' : 'compare-and-exchange';
    throw error;
  } finally {
    object.close();
  }
}

/** The object that measures on this kernel. */
export const bpfObjectPathHere = (): string => bpfObjectPaths[claimingHere()];
