// A report of a kernel on which all is well, for the tests of the judge.
import { ordinaryUid } from '../inside/ordinaryUser.js';
import type { TestKernel } from '../kernels.js';
import { type PathCount, samplesOf } from '../passage.js';
import { grants, type ServiceReport, type ServicesReport, type ThreadRights } from './report.js';

export const kernel: TestKernel = {
  series: '6.1',
  suite: 'bookworm',
  functionMechanism: 'fentry',
  fullQueueReason: 'FULL_RING',
};

export const paths: readonly PathCount[] = ['veth', 'tap', 'tun'].map((path) => ({
  path,
  firstDevice: `${path}0`,
  lastDevice: `${path}1`,
  sent: 100,
  received: 100,
  longestNs: 1e6,
}));

const none = '0000000000000000';
export const thread: ThreadRights = {
  uid: ordinaryUid,
  noNewPrivileges: true,
  sets: { CapInh: none, CapPrm: none, CapEff: none, CapAmb: none },
};

const goodService = (granted: ServiceReport['granted']): ServiceReport => {
  const hasInject = granted.includes('CAP_SYS_ADMIN');
  return {
    granted,
    threads: [thread, thread],
    injectMechanism: hasInject ? 'fentry' : 'none',
    paths,
    samples: paths.flatMap((path) => samplesOf(path, hasInject)),
    devicesAfterDeletion: ['tap0', 'tap1', 'tun0', 'tun1'],
    exitCode: 0,
    said: ['stopping'],
  };
};

export const good: ServicesReport = { services: grants.map(goodService) };
