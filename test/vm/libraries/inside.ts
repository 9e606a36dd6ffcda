// Runs inside the VM: the rounds, with the libbpf that the VM has been given.
import type { Scope } from '../../../src/bench/scope.js';
import { libbpfVersion } from '../../../src/libbpf/library.js';
import { run as runRounds } from '../rounds/inside.js';
import type { LibrariesReport } from './report.js';

export const run = async (variant: string, scope: Scope): Promise<LibrariesReport> => ({
  libbpf: libbpfVersion(),
  rounds: await runRounds(variant, scope),
});
