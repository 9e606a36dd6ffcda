// By how much CLOCK_REALTIME, which the kernel's stamps of received packets are of, is ahead of CLOCK_MONOTONIC.
import ffi from '@2060.io/ffi-napi';
import { checked } from '../../../src/libbpf/libc.js';

const libc = ffi.Library(null, { clock_gettime: ['int', ['int', 'pointer']] });
const CLOCK_REALTIME = 0;
const attempts = 300;

/** The offset is not less and not more than this, in ns. */
export interface ClockOffset {
  readonly leastNs: bigint;
  readonly mostNs: bigint;
}

/** The one reading clock lies between two of the other; of many attempts the one in which they are closest. */
export function readClockOffset(): ClockOffset {
  const timespec = Buffer.alloc(16);
  const read = (): ClockOffset => {
    const before = process.hrtime.bigint();
    checked('clock_gettime', libc.clock_gettime(CLOCK_REALTIME, timespec));
    const after = process.hrtime.bigint();
    const realNs = timespec.readBigInt64LE() * 1_000_000_000n + timespec.readBigInt64LE(8);
    return { leastNs: realNs - after, mostNs: realNs - before };
  };
  return Array.from({ length: attempts }, read).reduce((best, next) =>
    widthOf(next) < widthOf(best) ? next : best,
  );
}

const widthOf = ({ leastNs, mostNs }: ClockOffset): bigint => mostNs - leastNs;
