// Datagrams by the batch: one foreign call for many of them. In: sockets. Out: what was received, or sent.
import ffi from '@2060.io/ffi-napi';
import ref from '@2060.io/ref-napi';
import { errno } from './errno.js';
import { callFailure } from './libc.js';

const libc = ffi.Library(null, {
  recvmmsg: ['int', ['int', 'pointer', 'uint', 'int', 'pointer']],
  sendmmsg: ['int', ['int', 'pointer', 'uint', 'int']],
});

const EAGAIN = 11;
const EINTR = 4;
const ENOBUFS = 105;
const mostAttempts = 4;

/** Sizes of mmsghdr and iovec on a 64-bit kernel, and the fields we set and read. */
const mmsghdr = { bytes: 64, iovOffset: 16, iovCountOffset: 24, lengthOffset: 56 };
const iovec = { bytes: 16, lengthOffset: 8 };

/** Room for a batch, with the vectors that lead to it. All of it lives as long as this does. */
class Slots {
  readonly data: Buffer;
  readonly vectors: Buffer;
  readonly headers: Buffer;

  constructor(slots: number, slotBytes: number) {
    // Outside Node's pool, and held for as long as the vectors point at them.
    this.data = Buffer.alloc(slots * slotBytes);
    this.vectors = Buffer.alloc(slots * iovec.bytes);
    this.headers = Buffer.alloc(slots * mmsghdr.bytes);
    const dataAddress = BigInt(ref.address(this.data));
    const vectorsAddress = BigInt(ref.address(this.vectors));
    for (let slot = 0; slot < slots; slot++) {
      this.vectors.writeBigUInt64LE(dataAddress + BigInt(slot * slotBytes), slot * iovec.bytes);
      this.vectors.writeBigUInt64LE(BigInt(slotBytes), slot * iovec.bytes + iovec.lengthOffset);
      const header = slot * mmsghdr.bytes;
      this.headers.writeBigUInt64LE(vectorsAddress + BigInt(slot * iovec.bytes), header + mmsghdr.iovOffset);
      this.headers.writeBigUInt64LE(1n, header + mmsghdr.iovCountOffset);
    }
  }
}

export class DatagramReceiver {
  readonly #fd: number;
  readonly #count: number;
  readonly #slotBytes: number;
  readonly #slots: Slots;

  constructor(fd: number, slots: number, slotBytes: number) {
    this.#fd = fd;
    this.#count = slots;
    this.#slotBytes = slotBytes;
    this.#slots = new Slots(slots, slotBytes);
  }

  /** Calls `take(buffer, offset, byteLength)` for each datagram that waits, up to a batch; returns how many. */
  receive(take: (data: Buffer, offset: number, byteLength: number) => void): number {
    const { data, headers } = this.#slots;
    const count = this.#receiveBatch();
    for (let slot = 0; slot < count; slot++) {
      const byteLength = headers.readUInt32LE(slot * mmsghdr.bytes + mmsghdr.lengthOffset);
      take(data, slot * this.#slotBytes, byteLength);
    }
    return count;
  }

  /** How many datagrams the buffers now hold. */
  #receiveBatch(): number {
    for (let attempts = 1; ; attempts++) {
      const count = libc.recvmmsg(this.#fd, this.#slots.headers, this.#count, 0, ref.NULL);
      if (count >= 0) return count;
      const failure = errno();
      if (failure === EAGAIN || failure === EINTR) return 0;
      // Between the call and us the runtime may have changed errno: a real failure comes again.
      if (attempts === mostAttempts) throw callFailure('recvmmsg', failure);
    }
  }
}

export class DatagramSender {
  readonly #slots: Slots;
  readonly #view: DataView;
  readonly slotBytes: number;
  /** Where the datagrams are written: slot n begins at n * slotBytes. */
  readonly data: Buffer;

  constructor(slots: number, slotBytes: number) {
    this.slotBytes = slotBytes;
    this.#slots = new Slots(slots, slotBytes);
    const { data, vectors } = this.#slots;
    this.data = data;
    this.#view = new DataView(vectors.buffer, vectors.byteOffset, vectors.byteLength);
  }

  setLength(slot: number, bytes: number): void {
    this.#view.setUint32(slot * iovec.bytes + iovec.lengthOffset, bytes, true);
  }

  /**
   * Sends the first so many slots, each once.
   * @param fd connected
   * @returns how many the socket turned away because it was full
   */
  send(fd: number, count: number): number {
    let refused = 0;
    let failures = 0;
    for (let first = 0; first < count; ) {
      const headers = this.#slots.headers.subarray(first * mmsghdr.bytes);
      const sent = libc.sendmmsg(fd, headers, count - first, 0);
      if (sent > 0) {
        first += sent;
        failures = 0;
        continue;
      }
      const failure = errno();
      if (failure === EAGAIN || failure === ENOBUFS) {
        refused += 1;
        first += 1;
        failures = 0;
      } else if (failure !== EINTR && ++failures === mostAttempts) throw callFailure('sendmmsg', failure);
    }
    return refused;
  }
}
