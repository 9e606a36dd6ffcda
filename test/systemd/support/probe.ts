// Loaded into the service itself (NODE_OPTIONS=--import): on SIGUSR2 it tries what it must not be able to do, and writes
// how it went to the runtime directory. Run as a program, it tries at once and prints.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BpfObject } from '../../../src/libbpf/object.js';

export interface Outcomes {
  readonly readOther: string;
  readonly loadProgram: string;
}

const object = fileURLToPath(new URL('../../../../bpf/floor.bpf.o', import.meta.url));

function outcomeOf(attempt: () => void): string {
  try {
    attempt();
    return 'done';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const outcomes = (): Outcomes => ({
  readOther: outcomeOf(() => readFileSync('/etc/shadow')),
  loadProgram: outcomeOf(() => {
    const programs = BpfObject.open(object);
    try {
      programs.select(programs.programNames[0] ?? '');
      programs.load();
    } finally {
      programs.close();
    }
  }),
});

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(JSON.stringify(outcomes()));
else process.on('SIGUSR2', () => writeFileSync('/run/vifscope/outcomes.json', JSON.stringify(outcomes())));
