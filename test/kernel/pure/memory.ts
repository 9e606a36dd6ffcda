// Memory for readers to read: an ordinary buffer with the views of a mapped one, zeroed as the kernel's is.
import type { MappedMemory } from '../../../src/libbpf/memory.js';

export function memoryOf(byteLength: number): MappedMemory {
  const buffer = new ArrayBuffer(byteLength);
  return {
    bytes: new Uint8Array(buffer),
    words32: new Uint32Array(buffer, 0, Math.floor(byteLength / 4)),
    words64: new BigUint64Array(buffer, 0, Math.floor(byteLength / 8)),
    view: new DataView(buffer),
    unmap: () => {},
  };
}
