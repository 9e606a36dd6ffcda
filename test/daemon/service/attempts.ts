// Run as the service's user: tries what the service must not be able to do, and prints how it went as JSON.
import { readFileSync } from 'node:fs';
import { probeHooks } from '../../../src/kernel/attach.js';

function outcomeOf(attempt: () => unknown): string {
  try {
    attempt();
    return 'done';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

const readOther = outcomeOf(() => readFileSync('/etc/shadow'));
const loading = outcomeOf(() => probeHooks());
// Ours is an error that names what is missing.
const loadProgram = loading === 'UNSUPPORTED_HOST' ? 'refused' : loading;
process.stdout.write(JSON.stringify({ readOther, loadProgram }));
