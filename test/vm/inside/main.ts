// Runs inside the VM: carries out the plan that the kernel's command line names and reports on the console.
import { readFileSync, writeSync } from 'node:fs';
import { release } from 'node:os';
import { Cleanup } from '../../../src/bench/cleanup.js';
import type { Scope } from '../../../src/bench/scope.js';
import type { VmReport } from '../plan.js';
import { readCommandLine, reportEnd, reportStart } from '../protocol.js';

/** Long lines are hard to read on a console; the reader joins them again. */
const lineCharacters = 2000;

/** What a plan's inside.js exports. */
export type Inside<Report> = (variant: string, scope: Scope) => Promise<Report>;

const scope: Scope = {
  cleanup: new Cleanup(),
  signal: new AbortController().signal,
  progress: (text) => console.log(`[${Math.round(process.uptime())} s] ${text}`),
};

async function reportOf(): Promise<VmReport<unknown>> {
  const { plan, variant } = readCommandLine(readFileSync('/proc/cmdline', 'latin1'));
  try {
    const { run } = (await import(`../${plan}/inside.js`)) as { readonly run: Inside<unknown> };
    return { kernel: release(), report: await run(variant, scope), failure: null };
  } catch (error) {
    const failure = error instanceof Error ? String(error.stack) : String(error);
    return { kernel: release(), report: null, failure };
  }
}

function print(text: string): void {
  for (let at = 0; at < text.length; at += lineCharacters)
    writeSync(1, `${text.slice(at, at + lineCharacters)}\n`);
}

const json = JSON.stringify(await reportOf());
await scope.cleanup.run();
print(reportStart);
print(json);
print(reportEnd);
