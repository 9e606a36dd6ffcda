// Whether the kernel counts the time of interrupts and softirqs for the thread that they interrupt.

import type { Btf } from '../../abi/btf.js';
import { findStruct } from '../../abi/btfStruct.js';
import { readKernelBtf } from '../../host/kernelBtf.js';
import { optionOf, readKernelConfig } from '../../host/kernelConfig.js';
import { readCpuColumns } from './busy.js';

/**
 * CONFIG_IRQ_TIME_ACCOUNTING takes both out of a thread's run time (kernel/sched/core.c, update_rq_clock_task), except
 * ksoftirqd's. Where it is built in, a clock source that proves unstable, or tsc=noirqtime, turns it off.
 * @param interruptNs in all interrupts since boot: above 0 only where it is on, since a tick is an interrupt itself
 */
export function runHasSoftirqs(btf: Btf | null, config: string | null, interruptNs: number): boolean {
  const run = btf && findStruct(btf, 'rq');
  const isBuiltIn = run
    ? run.members.some(({ name }) => name === 'prev_irq_time')
    : config === null || optionOf(config, 'IRQ_TIME_ACCOUNTING') === 'y';
  return !(isBuiltIn && interruptNs > 0);
}

/** Reads the kernel's types: some 20 ms. */
export const runHasSoftirqsHere = (): boolean =>
  runHasSoftirqs(readKernelBtf(), readKernelConfig(), readCpuColumns().interruptNs);
