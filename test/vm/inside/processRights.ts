// What a process may do, changed under way: another's limit of locked memory, our own capabilities.
import ffi from '@2060.io/ffi-napi';
import ref from '@2060.io/ref-napi';
import { checked } from '../../../src/libbpf/libc.js';

const libc = ffi.Library(null, {
  prlimit: ['int', ['int', 'int', 'pointer', 'pointer']],
  capset: ['int', ['pointer', 'pointer']],
});

/** include/uapi/asm-generic/resource.h */
const RLIMIT_MEMLOCK = 8;
const RLIM_INFINITY = 0xffffffffffffffffn;

/** include/uapi/linux/capability.h: the third version, of which the header's second word is a thread, 0 for ours. */
const capabilityVersion3 = 0x20080522;
const capabilityDataBytes = 24;

/** Set from outside, so that the process itself needs no right for it. @param softBytes null for no limit, as for hardBytes */
export function limitLockedMemory(
  pid: number,
  { softBytes, hardBytes }: { readonly softBytes: number | null; readonly hardBytes: number | null },
): void {
  const limits = Buffer.alloc(16);
  [softBytes, hardBytes].forEach((bytes, index) => {
    limits.writeBigUInt64LE(bytes === null ? RLIM_INFINITY : BigInt(bytes), index * 8);
  });
  checked(`prlimit of ${pid}`, libc.prlimit(pid, RLIMIT_MEMLOCK, limits, ref.NULL));
}

/** For this thread, which is the one that libbpf is called on, and for good. */
export function giveUpCapabilities(): void {
  const header = ref.alloc('uint64', capabilityVersion3);
  checked('capset', libc.capset(header, Buffer.alloc(capabilityDataBytes)));
}
