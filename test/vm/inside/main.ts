// Runs inside the VM: measures veth, tap and tun paths in several rounds and reports on the console.
import { writeSync } from 'node:fs';
import { release } from 'node:os';
import { Cleanup } from '../../../src/bench/cleanup.js';
import type { Scope } from '../../../src/bench/scope.js';
import { buildTun } from '../../../src/bench/topologies/tun.js';
import { buildVeth } from '../../../src/bench/topologies/veth.js';
import { type Round, reportEnd, reportStart, roundNames, type VmReport } from '../protocol.js';
import { Flow } from './flow.js';
import { tryPrograms } from './programTrials.js';
import { type Lane, runRound } from './rounds.js';
import { buildRelayedTap } from './tapPath.js';

/** Long lines are hard to read on a console; the reader joins them again. */
const lineCharacters = 2000;

const scope: Scope = {
  cleanup: new Cleanup(),
  signal: new AbortController().signal,
  progress: (text) => console.log(`[${Math.round(process.uptime())} s] ${text}`),
};

const builders = [buildVeth, buildRelayedTap, buildTun];

async function report(): Promise<VmReport> {
  const rounds: Round[] = [];
  scope.progress('trying each program');
  const programs = tryPrograms();
  try {
    const lanes: Lane[] = [];
    for (const build of builders) {
      const path = await build(scope);
      lanes.push({ path, flow: new Flow(path) });
    }
    for (const name of roundNames) {
      scope.progress(`round: ${name}`);
      rounds.push(await runRound(name, lanes));
    }
    return { kernel: release(), programs, rounds, failure: null };
  } catch (error) {
    return {
      kernel: release(),
      programs,
      rounds,
      failure: error instanceof Error ? String(error.stack) : String(error),
    };
  }
}

function print(text: string): void {
  for (let at = 0; at < text.length; at += lineCharacters)
    writeSync(1, `${text.slice(at, at + lineCharacters)}\n`);
}

const json = JSON.stringify(await report());
await scope.cleanup.run();
print(reportStart);
print(json);
print(reportEnd);
