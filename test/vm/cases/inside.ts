// Runs inside the VM: sets up each case in turn, carries its packets and tells what was measured of them.
import { setTimeout as sleep } from 'node:timers/promises';
import { Cleanup } from '../../../src/bench/cleanup.js';
import type { Scope } from '../../../src/bench/scope.js';
import { reasonOf } from '../../../src/errors.js';
import { Measurement } from '../../../src/measurement.js';
import { CaseGround, type Lane } from './ground.js';
import { setups } from './lanes.js';
import type { CaseReport, CasesReport } from './report.js';
import { type CaseName, caseNames } from './table.js';

/** Each device is announced by its first packet and learnt a moment later. */
const learningPackets = 4;
const mostLearningTurns = 150;
const learnStepMs = 20;

export async function run(_variant: string, scope: Scope): Promise<CasesReport> {
  const measurement = Measurement.start({ include: ['case-*/*'] });
  scope.cleanup.add('detach', () => measurement.close());
  const cases: CaseReport[] = [];
  const failures: [CaseName, string][] = [];
  for (const name of caseNames) {
    scope.progress(`case: ${name}`);
    try {
      cases.push(...(await runCase(name, measurement)));
    } catch (error) {
      failures.push([name, reasonOf(error)]);
    }
  }
  return { cases, failures };
}

/** @returns one report a run */
async function runCase(name: CaseName, measurement: Measurement): Promise<CaseReport[]> {
  const cleanup = new Cleanup();
  try {
    const { lane: setUp, packets, runs = 1 } = setups[name];
    const lane = await setUp(new CaseGround(cleanup));
    measurement.restart();
    await learn(lane, measurement);
    await measurement.finish();
    const reports: CaseReport[] = [];
    for (let run = 0; run < runs; run++) reports.push(await measured(name, lane, packets, measurement));
    return reports;
  } finally {
    await cleanup.run();
  }
}

async function measured(
  name: CaseName,
  { carry }: Lane,
  packets: number,
  measurement: Measurement,
): Promise<CaseReport> {
  measurement.restart();
  const carried = await carry(packets);
  await measurement.finish();
  const { segments, accounting, drops } = measurement.snapshot();
  return {
    name,
    carried,
    segments: segments.map(({ device, segment, count, p50Ns, maxNs }) => ({
      device,
      segment,
      count,
      p50Ns,
      maxNs,
    })),
    accounting,
    drops,
  };
}

async function learn({ devices, carry }: Lane, measurement: Measurement): Promise<void> {
  const missing = () => {
    const known = new Set(measurement.devices.map(({ netns, name }) => `${netns}/${name}`));
    return devices.filter((device) => !known.has(device));
  };
  for (let turn = 0; turn < mostLearningTurns && missing().length > 0; turn++) {
    await carry(learningPackets);
    await sleep(learnStepMs);
  }
  if (missing().length > 0) throw new Error(`never learnt: ${missing().join(', ')}`);
}
