// Foreign calls that only this plan needs: an eventfd, and the address of a view.
import ffi from '@2060.io/ffi-napi';
import ref from '@2060.io/ref-napi';
import { checked } from '../../../src/libbpf/libc.js';

const libc = ffi.Library(null, {
  eventfd: ['int', ['uint', 'int']],
});

/** A counter that a write of eight bytes raises; the caller's to close. */
export const openEventFd = (): number => checked('eventfd', libc.eventfd(0, 0));

/** Where in this process the view's memory lies. */
export const addressOf = ({ buffer, byteOffset, byteLength }: Uint8Array): bigint =>
  BigInt(ref.address(Buffer.from(buffer, byteOffset, byteLength)));
