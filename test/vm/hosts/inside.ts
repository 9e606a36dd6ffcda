// Runs inside the VM: brings about one bad condition after the other, and asks doctor and snapshot in each.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Scope } from '../../../src/bench/scope.js';
import { buildTun } from '../../../src/bench/topologies/tun.js';
import { readText } from '../../../src/host/optionalFile.js';
import { hostPaths } from '../../../src/host/paths.js';
import { hookNames } from '../../../src/kernel/hooks.js';
import { CaseGround } from '../cases/ground.js';
import { mergingLane } from '../cases/lanes/tcp.js';
import { Flow } from '../inside/flow.js';
import { Asker } from './commands.js';
import { askers, type Condition, conditions, type Variant, variants } from './conditions.js';
import { measureWithout } from './leftOut.js';
import type { ConditionReport, HostsReport, LeftOutReport } from './report.js';

const sysctls = '/proc/sys/kernel';
const busybox = '/bin/busybox';

export async function run(name: string, scope: Scope): Promise<HostsReport> {
  const variant = variants.find((one) => one === name);
  if (variant === undefined) throw new Error(`no variant ${name}`);
  writeFileSync(`${sysctls}/unprivileged_bpf_disabled`, '2');
  execFileSync(busybox, ['mount', '-t', 'securityfs', 'securityfs', '/sys/kernel/security']);
  const path = await buildTun(scope);
  const flow = new Flow(path);
  const devices = path.devices.map(({ device }) => device);
  return {
    variant,
    lockdown: readText(hostPaths().lockdown),
    isTracefsMounted: readFileSync('/proc/mounts', 'utf8').includes(' tracefs '),
    conditions: await meetAll(variant, flow, scope),
    leftOut: variant === 'hooks' ? await leaveOutEach(flow, devices, scope) : [],
  };
}

async function meetAll(variant: Variant, flow: Flow, scope: Scope): Promise<ConditionReport[]> {
  const who = askers[variant];
  if (who === null) return [];
  const asker = new Asker(who, scope);
  const reports: ConditionReport[] = [];
  for (const condition of conditions) {
    if (condition.variant !== variant) continue;
    scope.progress(condition.name);
    reports.push({ condition: condition.name, ...(await meet(condition, asker, flow)) });
  }
  return reports;
}

async function leaveOutEach(flow: Flow, devices: readonly string[], scope: Scope): Promise<LeftOutReport[]> {
  const reports: LeftOutReport[] = [];
  const merging = await mergingLane(new CaseGround(scope.cleanup));
  for (const hook of hookNames) {
    scope.progress(`without ${hook}`);
    reports.push(await measureWithout(hook, { flow, devices, merging }));
  }
  return reports;
}

async function meet(
  condition: Condition,
  asker: Asker,
  flow: Flow,
): Promise<Omit<ConditionReport, 'condition'>> {
  const { mounts = [], perfEventParanoid } = condition;
  writeFileSync(`${sysctls}/perf_event_paranoid`, String(perfEventParanoid));
  for (const [source, target] of mounts) cover(source, target);
  try {
    return await asker.ask(condition, flow);
  } finally {
    for (const [, target] of [...mounts].reverse()) execFileSync(busybox, ['umount', target]);
  }
}

/** Hides what is there: a directory behind an empty one, a file behind another file. */
function cover(source: string, target: string): void {
  if (!existsSync(target)) writeFileSync(target, '');
  const how = existsSync(source) ? ['-o', 'bind'] : ['-t', source];
  execFileSync(busybox, ['mount', ...how, source, target]);
}
