// The CPU meter: reads the whole host's busy time, its softirqs, and the processes of a benchmark.
import { readBusy } from './busy.js';
import { runHasSoftirqsHere } from './irqAccounting.js';
import { findKernelThreads } from './kernelThreads.js';
import type { CpuReading, ProcessRole } from './reading.js';
import { readProcess } from './runTimes.js';
import { SoftirqClock } from './softirqClock.js';

export interface MeteredProcesses {
  /** null: others send. */
  readonly generatorPid: number | null;
  /** null: others receive. */
  readonly sinkPid: number | null;
  /** The forwarder's or QEMU's. vhost's threads are found by them, so the guest must be up already. */
  readonly pathPids: readonly number[];
}

export interface CpuMeter {
  /**
   * Takes some milliseconds, in which nothing should be sent: a thread that runs meanwhile is behind by a tick at most.
   * @throws VifscopeError FAILED where one of the processes is gone
   */
  read(): CpuReading;
  close(): void;
}

/** Process id of the idle threads. */
export const idlePid = 0;

/** @throws VifscopeError UNSUPPORTED_HOST where the kernel refuses the programs */
export function startCpuMeter({ generatorPid, sinkPid, pathPids }: MeteredProcesses): CpuMeter {
  const { vhost, ksoftirqd } = findKernelThreads(pathPids);
  const metered: readonly (readonly [pid: number, role: ProcessRole])[] = [
    ...(generatorPid === null ? [] : [[generatorPid, 'generator'] as const]),
    ...(sinkPid === null ? [] : [[sinkPid, 'sink'] as const]),
    ...[...pathPids, ...vhost].map((pid) => [pid, 'path'] as const),
  ];
  const runHasSoftirqs = runHasSoftirqsHere();
  const clock = SoftirqClock.start([idlePid, ...ksoftirqd, ...metered.map(([pid]) => pid)]);
  return {
    read: () => {
      const begin = readBusy();
      const processes = metered.map(([pid, role]) => readProcess(pid, role));
      const softirq = clock.read();
      return { begin, processes, softirq, ksoftirqdPids: ksoftirqd, runHasSoftirqs, end: readBusy() };
    },
    close: () => clock.close(),
  };
}
