// How long the host's CPUs were busy: all the time there was, less their idle time, which the kernel measures.
// The other columns of /proc/stat are no use: without further options it samples them at each tick.
import { readFileSync } from 'node:fs';
import { FormatError } from '../../abi/formatError.js';
import type { BusyReading } from './reading.js';

/** USER_HZ: the unit of /proc, whatever CONFIG_HZ is. */
const tickNs = 1e9 / 100;

/** Columns of the line "cpu" of /proc/stat: man 5 proc. */
const columns = { idle: 3, iowait: 4, irq: 5, steal: 7 } as const;

export interface CpuColumns {
  readonly cpus: number;
  readonly idleNs: number;
  readonly stolenNs: number;
  /** In interrupts. Next to nothing where the kernel samples at ticks, which come as an interrupt themselves. */
  readonly interruptNs: number;
}

/** @throws FormatError for what is no /proc/stat */
export function parseCpuColumns(text: string): CpuColumns {
  const [, sums] = /^cpu {1,2}([\d ]+)$/m.exec(text) ?? [];
  const ticks = (sums ?? '').split(' ').map(Number);
  const ns = (column: keyof typeof columns) => (ticks[columns[column]] ?? Number.NaN) * tickNs;
  const cpus = text.match(/^cpu\d+ /gm)?.length ?? 0;
  const read = { cpus, idleNs: ns('idle') + ns('iowait'), stolenNs: ns('steal'), interruptNs: ns('irq') };
  if (cpus === 0 || Object.values(read).some(Number.isNaN)) throw new FormatError('no columns in /proc/stat');
  return read;
}

export const readCpuColumns = (): CpuColumns => parseCpuColumns(readFileSync('/proc/stat', 'latin1'));

export function readBusy(): BusyReading {
  const before = process.hrtime.bigint();
  const { cpus, idleNs, stolenNs } = readCpuColumns();
  const after = process.hrtime.bigint();
  return { atNs: Number((before + after) / 2n), cpus, idleNs, stolenNs };
}

/** CPU time of all that ran on any CPU between two readings, what the hypervisor took included. */
export const busyNsBetween = (before: BusyReading, after: BusyReading): number =>
  (after.atNs - before.atNs) * after.cpus - (after.idleNs - before.idleNs);
