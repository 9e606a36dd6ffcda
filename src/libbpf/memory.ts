// Mapped kernel memory as typed views: the data plane. The mapping lives until the process ends or unmap.
import ffi from '@2060.io/ffi-napi';
import ref from '@2060.io/ref-napi';
import { errno } from './errno.js';
import { LibbpfError } from './library.js';

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const mapFailed = 0xffffffffffffffffn;
/** Of x86-64, and what arrays are rounded up to on every architecture with pages of 4 KiB. */
export const pageBytes = 4096;

const libc = ffi.Library(null, {
  // Offsets and lengths are size_t; the result is an integer, because MAP_FAILED is no address.
  mmap: ['pointer', ['pointer', 'size_t', 'int', 'int', 'int', 'long']],
  munmap: ['int', ['pointer', 'size_t']],
});

/** Memory shared with the kernel; each view covers all of it. */
export interface MappedMemory {
  readonly bytes: Uint8Array;
  readonly words32: Uint32Array;
  readonly words64: BigUint64Array;
  readonly view: DataView;
  unmap(): void;
}

/**
 * Maps `byteLength` bytes of an mmapable array; both sides see each other's writes.
 * @param offsetBytes whole pages
 */
export function mapShared(fd: number, byteLength: number, offsetBytes = 0): MappedMemory {
  return mapRegion(fd, byteLength, offsetBytes, PROT_READ | PROT_WRITE);
}

/** A ring buffer: each side writes its own position, and the data is read-only. Positions are bytes, and only rise. */
export interface MappedRing {
  readonly consumer: MappedMemory;
  readonly producer: MappedMemory;
  /** Mapped twice in a row, so that no record is cut at the end. */
  readonly data: MappedMemory;
  unmap(): void;
}

/** Maps a BPF_MAP_TYPE_RINGBUF of so many bytes. @see kernel/bpf/ringbuf.c, ringbuf_map_mmap_user */
export function mapRing(fd: number, byteLength: number): MappedRing {
  const parts = {
    consumer: mapRegion(fd, pageBytes, 0, PROT_READ | PROT_WRITE),
    producer: mapRegion(fd, pageBytes, pageBytes, PROT_READ),
    data: mapRegion(fd, 2 * byteLength, 2 * pageBytes, PROT_READ),
  };
  const unmap = () => {
    for (const part of Object.values(parts)) part.unmap();
  };
  return { ...parts, unmap };
}

function mapRegion(fd: number, byteLength: number, offsetBytes: number, protection: number): MappedMemory {
  const mappedBytes = Math.ceil(byteLength / pageBytes) * pageBytes;
  const pointer = libc.mmap(ref.NULL, mappedBytes, protection, MAP_SHARED, fd, offsetBytes);
  if (BigInt(ref.hexAddress(pointer).replace(/^(0x)?/, '0x')) === mapFailed)
    throw new LibbpfError('mmap', errno());
  // The Buffer's own .buffer reaches past the region: every view is built from offset and length.
  const region = ref.reinterpret(pointer, mappedBytes);
  const { buffer, byteOffset } = region;
  return {
    bytes: new Uint8Array(buffer, byteOffset, byteLength),
    words32: new Uint32Array(buffer, byteOffset, Math.floor(byteLength / 4)),
    words64: new BigUint64Array(buffer, byteOffset, Math.floor(byteLength / 8)),
    view: new DataView(buffer, byteOffset, byteLength),
    unmap: () => {
      libc.munmap(pointer, mappedBytes);
    },
  };
}
