// A copy of the BPF object whose fentry programs name functions that no kernel has, so that every hook has to do
// with its next mechanism: what a host without module BTF looks like to the loader.
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bpfObjectPathHere } from '../../../src/kernel/bpfObjects.js';

/** Writes the copy and returns its path. The section's name says what to attach to: fentry/FUNCTION. */
export function objectWithoutFentry(): string {
  const object = readFileSync(bpfObjectPathHere())
    .toString('latin1')
    .replaceAll('fentry/tun_', 'fentry/xxx_');
  const path = join(tmpdir(), 'without-fentry.bpf.o');
  writeFileSync(path, object, 'latin1');
  return path;
}
