// libc's clock of another process's CPU time.
import ffi from '@2060.io/ffi-napi';
import { checked } from './libc.js';

const libc = ffi.Library(null, { clock_gettime: ['int', ['int', 'pointer']] });

/** include/linux/posix-timers_types.h: a process's clock is its id, inverted, above three bits of kind. */
const CPUCLOCK_SCHED = 2;

/**
 * Nanoseconds that all threads of a process have run, those that ended included. For a thread that runs at this
 * moment, up to its last tick. Throws EINVAL where there is no such process.
 */
export function processRunNs(pid: number): number {
  const time = Buffer.alloc(16);
  checked(`CPU clock of process ${pid}`, libc.clock_gettime((~pid << 3) | CPUCLOCK_SCHED, time));
  return Number(time.readBigInt64LE(0)) * 1e9 + Number(time.readBigInt64LE(8));
}
