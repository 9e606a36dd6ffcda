// Has the kernel look at known devices: runs the sight program over the blocks of the cache that are in use.
import * as abi from '../abi/layout.js';
import type { BpfObject } from '../libbpf/object.js';
import { runRawTracepoint } from '../libbpf/testRun.js';
import { sightProgram } from './attach.js';

export function sightWith(object: BpfObject): (indices: readonly number[]) => void {
  const fd = object.programFd(sightProgram);
  return (indices) => {
    const blocks = new Set(indices.map((index) => Math.floor(index / abi.limit.sightingsARun)));
    for (const block of blocks) runRawTracepoint(fd, [BigInt(block * abi.limit.sightingsARun)]);
  };
}
