// Runs inside the VM: this process is a guest on a tap that vhost serves, and measures the tap meanwhile.
import { enableRunStatistics } from '../../../src/bench/cost/runStatistics.js';
import type { Scope } from '../../../src/bench/scope.js';
import { Measurement } from '../../../src/measurement.js';
import { waitUntil } from '../../bench/waitUntil.js';
import { objectWithoutFentry } from '../rounds/objectWithoutFentry.js';
import { type Ground, makeGround, tapName } from './ground.js';
import { Guest } from './guest.js';
import { readHookRuns } from './hookRuns.js';
import { smallPayloadBytes } from './loads.js';
import {
  type MechanismName,
  type MechanismReport,
  mechanisms,
  type Stage,
  type StageName,
  stageNames,
  type VhostReport,
} from './report.js';
import { stages } from './stages.js';

const learnLimitSeconds = 30;

export async function run(_variant: string, scope: Scope): Promise<VhostReport> {
  enableRunStatistics(scope.cleanup);
  const ground = await makeGround(scope);
  const guest = new Guest(ground, scope);
  const unmeasured = [guest.send([smallPayloadBytes]), guest.receive(1)];
  const reports: MechanismReport[] = [];
  for (const name of mechanisms) {
    scope.progress(`vhost: ${name}`);
    const measurement = start(name);
    if (typeof measurement === 'string') return { mechanisms: reports, refusal: measurement, unmeasured };
    try {
      reports.push({ name, ...(await measure(measurement, guest, ground)) });
    } finally {
      measurement.close();
    }
  }
  return { mechanisms: reports, refusal: null, unmeasured };
}

/** The words of the refusal where the programs can't be attached. */
function start(name: MechanismName): Measurement | string {
  try {
    return Measurement.start(name === 'without fentry' ? { objectPath: objectWithoutFentry() } : {});
  } catch (error) {
    return String(error);
  }
}

async function measure(measurement: Measurement, guest: Guest, ground: Ground) {
  const isLearnt = () => {
    guest.send([smallPayloadBytes]);
    return measurement.devices.some(({ name }) => name === tapName);
  };
  if (!(await waitUntil(isLearnt, learnLimitSeconds))) throw new Error(`${tapName} is not learnt`);
  const reports: Stage[] = [];
  for (const name of stageNames) reports.push(await runStage(name, measurement, guest, ground));
  return { hooks: measurement.snapshot().hooks, stages: reports };
}

async function runStage(
  name: StageName,
  measurement: Measurement,
  guest: Guest,
  ground: Ground,
): Promise<Stage> {
  let ended: Promise<void> | null = null;
  const end = () => {
    ended ??= measurement.finish();
    return ended;
  };
  const before = readHookRuns();
  measurement.restart();
  const passed = await stages[name](guest, ground, end);
  await end();
  const after = readHookRuns();
  const { segments, accounting } = measurement.snapshot();
  return {
    name,
    ...passed,
    runs: {
      tun_get_user: after.tun_get_user - before.tun_get_user,
      tun_sendmsg: after.tun_sendmsg - before.tun_sendmsg,
    },
    segments: segments.filter(({ device }) => device === tapName),
    accounting: accounting.filter(({ device }) => device === tapName),
  };
}
