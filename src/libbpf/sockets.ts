// libc's foreign calls for datagram sockets: open, bind, connect, receive by the batch.
// In: addresses and buffers. Out: file descriptors, which belong to the caller, and the bytes received.
import { closeSync } from 'node:fs';
import ffi from '@2060.io/ffi-napi';
import ref from '@2060.io/ref-napi';
import { errno } from './errno.js';
import { callFailure, checked } from './libc.js';

const libc = ffi.Library(null, {
  socket: ['int', ['int', 'int', 'int']],
  bind: ['int', ['int', 'pointer', 'uint']],
  connect: ['int', ['int', 'pointer', 'uint']],
  setsockopt: ['int', ['int', 'int', 'int', 'pointer', 'uint']],
  getsockopt: ['int', ['int', 'int', 'int', 'pointer', 'pointer']],
  recvmmsg: ['int', ['int', 'pointer', 'uint', 'int', 'pointer']],
});

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SO_MEMINFO = 55;
/** SK_MEMINFO_DROPS and SK_MEMINFO_VARS of include/uapi/linux/sock_diag.h. */
const memInfoDrops = 8;
const memInfoWords = 9;
const EAGAIN = 11;
const EINTR = 4;
const mostAttempts = 4;

function intBuffer(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32LE(value);
  return buffer;
}

/** sockaddr_in; the address is dotted decimal. */
function socketAddress(address: string, port: number): Buffer {
  const buffer = Buffer.alloc(16);
  buffer.writeUInt16LE(AF_INET, 0);
  buffer.writeUInt16BE(port, 2);
  buffer.set(address.split('.').map(Number), 4);
  return buffer;
}

/** A UDP socket that never blocks, with buffers that the system's limits don't cap (needs CAP_NET_ADMIN). */
export function openDatagramSocket(bufferBytes: number): number {
  const fd = checked('socket', libc.socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  try {
    for (const option of [SO_SNDBUFFORCE, SO_RCVBUFFORCE]) {
      checked('setsockopt', libc.setsockopt(fd, SOL_SOCKET, option, intBuffer(bufferBytes), 4));
    }
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

export function bindSocket(fd: number, address: string, port: number): void {
  checked(`bind ${address}:${port}`, libc.bind(fd, socketAddress(address, port), 16));
}

export function connectSocket(fd: number, address: string, port: number): void {
  checked(`connect ${address}:${port}`, libc.connect(fd, socketAddress(address, port), 16));
}

/** Datagrams that the socket's full buffer has turned away since it was opened (SO_MEMINFO, kernel 4.12). */
export function socketDropCount(fd: number): number {
  const words = Buffer.alloc(memInfoWords * 4);
  checked('SO_MEMINFO', libc.getsockopt(fd, SOL_SOCKET, SO_MEMINFO, words, intBuffer(words.length)));
  return words.readUInt32LE(memInfoDrops * 4);
}

/** Sizes of mmsghdr and iovec on a 64-bit kernel, and the fields we set and read. */
const mmsghdr = { bytes: 64, iovOffset: 16, iovCountOffset: 24, receivedOffset: 56 };
const iovecBytes = 16;

/** Receives datagrams by the batch: one foreign call for up to `slots` of them. */
export class DatagramReceiver {
  readonly #fd: number;
  readonly #slots: number;
  readonly #slotBytes: number;
  readonly #data: Buffer;
  readonly #vectors: Buffer;
  readonly #headers: Buffer;

  constructor(fd: number, slots: number, slotBytes: number) {
    this.#fd = fd;
    this.#slots = slots;
    this.#slotBytes = slotBytes;
    // Outside Node's pool, and held for as long as the vectors point at them.
    this.#data = Buffer.alloc(slots * slotBytes);
    this.#vectors = Buffer.alloc(slots * iovecBytes);
    this.#headers = Buffer.alloc(slots * mmsghdr.bytes);
    const dataAddress = BigInt(ref.address(this.#data));
    const vectorsAddress = BigInt(ref.address(this.#vectors));
    for (let slot = 0; slot < slots; slot++) {
      this.#vectors.writeBigUInt64LE(dataAddress + BigInt(slot * slotBytes), slot * iovecBytes);
      this.#vectors.writeBigUInt64LE(BigInt(slotBytes), slot * iovecBytes + 8);
      const header = slot * mmsghdr.bytes;
      this.#headers.writeBigUInt64LE(vectorsAddress + BigInt(slot * iovecBytes), header + mmsghdr.iovOffset);
      this.#headers.writeBigUInt64LE(1n, header + mmsghdr.iovCountOffset);
    }
  }

  /** Calls `take(buffer, offset, byteLength)` for each datagram that waits, up to a batch; returns how many. */
  receive(take: (data: Buffer, offset: number, byteLength: number) => void): number {
    const count = this.#receiveBatch();
    for (let slot = 0; slot < count; slot++) {
      const byteLength = this.#headers.readUInt32LE(slot * mmsghdr.bytes + mmsghdr.receivedOffset);
      take(this.#data, slot * this.#slotBytes, byteLength);
    }
    return count;
  }

  /** How many datagrams the buffers now hold. */
  #receiveBatch(): number {
    for (let attempts = 1; ; attempts++) {
      const count = libc.recvmmsg(this.#fd, this.#headers, this.#slots, 0, ref.NULL);
      if (count >= 0) return count;
      const failure = errno();
      if (failure === EAGAIN || failure === EINTR) return 0;
      // Between the call and us the runtime may have changed errno: a real failure comes again.
      if (attempts === mostAttempts) throw callFailure('recvmmsg', failure);
    }
  }
}
