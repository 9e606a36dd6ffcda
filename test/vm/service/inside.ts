// Runs inside the VM: starts the service as an ordinary user, has it count packets, deletes a device and ends it.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cleanup } from '../../../src/bench/cleanup.js';
import { runCommand } from '../../../src/bench/command.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { buildTun } from '../../../src/bench/topologies/tun.js';
import type { Capability } from '../../../src/host/capabilities.js';
import { Flow } from '../inside/flow.js';
import { limitLockedMemory } from '../inside/processRights.js';
import { buildQueuedVeth } from '../inside/queuedVeth.js';
import { buildRelayedTap } from '../inside/tapPath.js';
import type { PathCount } from '../passage.js';
import { devicesIn, growth, injectMechanismIn, samplesIn } from './metrics.js';
import { grants, type ServiceReport, type ServicesReport } from './report.js';
import { UserService } from './userService.js';

const packetsAPath = 500;
/** Each device is announced by its first packet and learnt a moment later. */
const learningPackets = 4;
const mostTurns = 150;
const turnMs = 100;

interface Lane {
  readonly path: BuiltPath;
  readonly flow: Flow;
}

const laneOf = (path: BuiltPath): Lane => ({ path, flow: new Flow(path) });

export async function run(_variant: string, scope: Scope): Promise<ServicesReport> {
  // Debian's own value, at which CAP_PERFMON alone opens no kprobe.
  writeFileSync('/proc/sys/kernel/perf_event_paranoid', '3');
  writeFileSync('/proc/sys/kernel/unprivileged_bpf_disabled', '2');
  // As LimitMEMLOCK= in the unit.
  limitLockedMemory(process.pid, { softBytes: null, hardBytes: null });
  const lasting = [laneOf(await buildRelayedTap(scope)), laneOf(await buildTun(scope))];
  const services: ServiceReport[] = [];
  for (const granted of grants) {
    scope.progress(`service with ${granted.join(' and ')}`);
    const own = { ...scope, cleanup: new Cleanup() };
    try {
      services.push(await reportOf(granted, [laneOf(await buildQueuedVeth(own)), ...lasting], own));
    } finally {
      await own.cleanup.run();
    }
  }
  return { services };
}

async function reportOf(
  granted: readonly Capability[],
  lanes: readonly Lane[],
  scope: Scope,
): Promise<ServiceReport> {
  const service = await UserService.start(granted, scope);
  const names = lanes.flatMap(({ path }) => path.devices.map(({ device }) => device));
  const vethNetns = lanes.find(({ path }) => path.name === 'veth')?.path.generatorNetns ?? '';
  const isKnown = async () => {
    for (const { flow } of lanes) await flow.carry(learningPackets);
    const known = devicesIn(await service.metrics());
    return names.every((name) => known.includes(name));
  };
  if (!(await within(isKnown))) throw new Error(`not all devices are learnt: ${service.said.join(' | ')}`);
  const before = await service.metrics();
  const carried: PathCount[] = [];
  for (const { path, flow } of lanes) {
    const [first, last] = path.devices;
    const ends = { firstDevice: first?.device ?? '', lastDevice: last?.device ?? '' };
    carried.push({ path: path.name, ...ends, ...(await flow.carry(packetsAPath)) });
  }
  const after = await service.metrics();
  const threads = service.threads();
  await runCommand('ip', ['-n', vethNetns, 'link', 'delete', 'veth0']);
  let left = names;
  await within(async () => {
    left = devicesIn(await service.metrics());
    return !left.some((name) => name.startsWith('veth'));
  });
  return {
    granted,
    threads,
    injectMechanism: injectMechanismIn(after),
    paths: carried,
    samples: growth(samplesIn(before), samplesIn(after)),
    devicesAfterDeletion: left,
    exitCode: await service.terminate(),
    said: service.said,
  };
}

/** @returns whether it came to hold in time */
async function within(holds: () => Promise<boolean>): Promise<boolean> {
  for (let turn = 0; turn < mostTurns; turn++) {
    if (await holds()) return true;
    await sleep(turnMs);
  }
  return false;
}
