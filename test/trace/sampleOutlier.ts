// A slow packet as the programs might tell of it, for tests of what is made of that.
import type { Ksoftirqd, Outlier, Task, TaskTimes } from '../../src/trace/outlier.js';

export const ms = 1_000_000;

/** It waited from 1,000 ms to 1,100 ms; nothing shows why. */
export const outlier = (given: Partial<Outlier> = {}): Outlier => ({
  endNs: 1_100 * ms,
  waitNs: 100 * ms,
  contentHigh: 1,
  contentLow: 2,
  device: 2,
  segment: 'ring',
  lengthBytes: 50,
  flow: {
    family: 4,
    protocol: 17,
    source: '198.18.0.1',
    destination: '198.19.0.1',
    sourcePort: 1_000,
    destinationPort: 2_000,
  },
  queueLength: 500,
  start: { aheadPackets: 0, cpu: 0 },
  endCpu: 0,
  task: task(),
  ksoftirqd: null,
  ...given,
});

export const task = (given: Partial<Task> = {}): Task => ({
  id: 77,
  name: 'socat',
  wokenNs: 0,
  scheduledNs: 0,
  wasStopped: false,
  during: null,
  ...given,
});

/** It ran for as much of the 100 ms as is not given. */
export function during(given: Partial<TaskTimes & { startCpu: number }>): Task {
  const { runnableNs = 0, sleepingNs = 0, stoppedNs = 0 } = given;
  const runningNs = 100 * ms - runnableNs - sleepingNs - stoppedNs;
  return task({ during: { runningNs, runnableNs, sleepingNs, stoppedNs, startCpu: 0, ...given } });
}

export const ksoftirqd = (given: Partial<Ksoftirqd>): Ksoftirqd => ({
  wokenNs: 0,
  scheduledNs: 0,
  isWaitingForCpu: false,
  isEnd: false,
  ...given,
});
