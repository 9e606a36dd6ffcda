// errno of this thread as a mapped cell: read as memory, because a foreign call to fetch it may itself change it.
import ffi from '@2060.io/ffi-napi';
import ref from '@2060.io/ref-napi';

const cell = ref.reinterpret(ffi.Library(null, { __errno_location: ['pointer', []] }).__errno_location(), 4);

/** What the last foreign call left; to be asked right after it. */
export const errno = (): number => cell.readInt32LE(0);
