// Holds what the services were left with and counted against what they must be. Pure: a report in, the faults in words out.

import { ordinaryUid } from '../inside/ordinaryUser.js';
import type { TestKernel } from '../kernels.js';
import { sampleFaults, samplesOf } from '../passage.js';
import { countIn } from './metrics.js';
import {
  capabilitySets,
  grants,
  type ServiceReport,
  type ServicesReport,
  type ThreadRights,
} from './report.js';

export const grantText = (granted: readonly string[]): string => granted.join(' + ');

export function faultsOf({ services }: ServicesReport, kernel: TestKernel): string[] {
  return grants.flatMap((granted) => {
    const title = grantText(granted);
    const report = services.find((one) => grantText(one.granted) === title);
    return report
      ? serviceFaults(report, kernel).map((fault) => `${title}: ${fault}`)
      : [`${title}: was not started`];
  });
}

function serviceFaults(report: ServiceReport, { functionMechanism }: TestKernel): string[] {
  const { granted, threads, injectMechanism, paths, samples, devicesAfterDeletion, exitCode, said } = report;
  const hasInject = granted.includes('CAP_SYS_ADMIN');
  const mechanism = hasInject ? functionMechanism : 'none';
  const gone = devicesAfterDeletion.filter((device) => device.startsWith('veth'));
  const lasting = paths
    .filter(({ path }) => path !== 'veth')
    .flatMap(({ firstDevice, lastDevice }) => [firstDevice, lastDevice]);
  return [
    // Node has several, and a capability of any is one of the process.
    ...(threads.length > 1 ? [] : [`${threads.length} threads were looked at`]),
    ...new Set(threads.flatMap(threadFaults)),
    ...(injectMechanism === mechanism
      ? []
      : [`tun_get_user is served by ${injectMechanism} instead of ${mechanism}`]),
    ...['veth', 'tap', 'tun']
      .filter((kind) => !paths.some(({ path }) => path === kind))
      .map((kind) => `${kind}: carried nothing`),
    ...paths
      .filter(({ sent, received }) => sent === 0 || sent !== received)
      .map(({ path, sent, received }) => `${path}: ${sent} packets sent, ${received} received`),
    ...paths.flatMap((path) =>
      sampleFaults(samplesOf(path, hasInject), (device, segment) => countIn(samples, device, segment)),
    ),
    ...gone.map((device) => `${device} is in the metrics after it was deleted`),
    ...lasting
      .filter((device) => !devicesAfterDeletion.includes(device))
      .map((device) => `${device} left the metrics with another device`),
    ...(exitCode === 0 ? [] : [`SIGTERM ended it with ${exitCode}: ${said.slice(-3).join(' | ')}`]),
  ];
}

function threadFaults({ uid, noNewPrivileges, sets }: ThreadRights): string[] {
  return [
    ...(uid === ordinaryUid ? [] : [`a thread is user ${uid}`]),
    ...(noNewPrivileges ? [] : ['a thread may gain privileges']),
    ...capabilitySets
      .filter((name) => !/^0+$/.test(sets[name]))
      .map((name) => `a thread has ${name} ${sets[name]}`),
  ];
}
