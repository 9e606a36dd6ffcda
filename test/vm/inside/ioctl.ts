// ioctl with a structure, for devices and settings that only the plans use.
import ffi from '@2060.io/ffi-napi';
import ref from '@2060.io/ref-napi';
import { checked } from '../../../src/libbpf/libc.js';

const libc = ffi.Library(null, { ioctl: ['int', ['int', 'ulong', 'pointer']] });

/** @param argument what the request reads or writes; none for a request without one */
export function ioctl(call: string, fd: number, request: number, argument?: Buffer): void {
  checked(call, libc.ioctl(fd, request, argument ?? ref.NULL));
}
