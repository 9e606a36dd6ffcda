// Foreign calls for the kernel's own stamps of a socket's packets: SO_TIMESTAMPING, software, both ways.
// Out: stamps in ns of CLOCK_REALTIME, by the packet's place in the flow. See Documentation/networking/timestamping.rst.
import ffi from '@2060.io/ffi-napi';
import ref from '@2060.io/ref-napi';
import { checked } from '../../../src/libbpf/libc.js';

const libc = ffi.Library(null, {
  setsockopt: ['int', ['int', 'int', 'int', 'pointer', 'uint']],
  recvmmsg: ['int', ['int', 'pointer', 'uint', 'int', 'pointer']],
});

const SOL_IP = 0;
const SOL_SOCKET = 1;
const IP_RECVERR = 11;
const SO_TIMESTAMPING = 37;
const TX_SOFTWARE = 1 << 1;
const RX_SOFTWARE = 1 << 3;
const SOFTWARE = 1 << 4;
const OPT_ID = 1 << 7;
const TX_SCHED = 1 << 8;
const MSG_ERRQUEUE = 0x2000;
const SCM_TSTAMP_SCHED = 1;

function setTimestamping(fd: number, flags: number): void {
  const value = Buffer.alloc(4);
  value.writeUInt32LE(flags);
  checked('SO_TIMESTAMPING', libc.setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, value, value.length));
}

/** From now on the driver's transmit is stamped; the first packet sent after this has number 0. */
export const stampSent = (fd: number): void => setTimestamping(fd, TX_SOFTWARE | SOFTWARE | OPT_ID);

/** As stampSent(), and the moment is stamped too at which the packet comes to the queueing discipline. */
export const stampQueuedAndSent = (fd: number): void =>
  setTimestamping(fd, TX_SCHED | TX_SOFTWARE | SOFTWARE | OPT_ID);

/** From now on received packets are stamped; the kernel may take some milliseconds to begin. */
export const stampReceived = (fd: number): void => setTimestamping(fd, RX_SOFTWARE | SOFTWARE);

export interface StampedMessage {
  /** What the message carries, as far as it fits; in the error queue, the whole frame. */
  readonly payload: Buffer;
  readonly atNs: bigint;
  /** The number of the packet that was sent; null for a packet received. */
  readonly sentNumber: number | null;
  /** Of a packet that was sent: stamped where the queueing discipline got it, not where the driver did. */
  readonly isQueued: boolean;
}

const slots = 64;
const payloadBytes = 64;
const controlBytes = 256;
/** mmsghdr and iovec on a 64-bit kernel. */
const header = { bytes: 64, iov: 16, iovCount: 24, control: 32, controlBytes: 40, received: 56 };
const iovecBytes = 16;

/** Takes stamped messages off a socket, by the batch. */
export class StampReader {
  readonly #fd: number;
  readonly #flags: number;
  readonly #payloads = Buffer.alloc(slots * payloadBytes);
  readonly #controls = Buffer.alloc(slots * controlBytes);
  readonly #vectors = Buffer.alloc(slots * iovecBytes);
  readonly #headers = Buffer.alloc(slots * header.bytes);

  constructor(fd: number, queue: 'received' | 'sent') {
    this.#fd = fd;
    this.#flags = queue === 'sent' ? MSG_ERRQUEUE : 0;
    const addresses = [this.#payloads, this.#controls, this.#vectors].map((b) => BigInt(ref.address(b)));
    const [payloads = 0n, controls = 0n, vectors = 0n] = addresses;
    for (let slot = 0; slot < slots; slot++) {
      const at = slot * header.bytes;
      this.#vectors.writeBigUInt64LE(payloads + BigInt(slot * payloadBytes), slot * iovecBytes);
      this.#vectors.writeBigUInt64LE(BigInt(payloadBytes), slot * iovecBytes + 8);
      this.#headers.writeBigUInt64LE(vectors + BigInt(slot * iovecBytes), at + header.iov);
      this.#headers.writeBigUInt64LE(1n, at + header.iovCount);
      this.#headers.writeBigUInt64LE(controls + BigInt(slot * controlBytes), at + header.control);
    }
  }

  /** Calls `take` for each message that waits, up to a batch; returns how many. The payload is reused. */
  read(take: (message: StampedMessage) => void): number {
    for (let slot = 0; slot < slots; slot++)
      this.#headers.writeBigUInt64LE(BigInt(controlBytes), slot * header.bytes + header.controlBytes);
    const count = libc.recvmmsg(this.#fd, this.#headers, slots, this.#flags, ref.NULL);
    // Nothing waits. errno isn't asked: between the call and us the runtime may have changed it, and a real
    // failure shows as a packet without its stamp.
    if (count < 0) return 0;
    for (let slot = 0; slot < count; slot++) take(this.#message(slot));
    return count;
  }

  #message(slot: number): StampedMessage {
    const at = slot * header.bytes;
    const length = this.#headers.readUInt32LE(at + header.received);
    const payload = this.#payloads.subarray(slot * payloadBytes, slot * payloadBytes + length);
    const used = Number(this.#headers.readBigUInt64LE(at + header.controlBytes));
    const control = this.#controls.subarray(slot * controlBytes, slot * controlBytes + used);
    return { payload, ...stampsOf(control) };
  }
}

const controlHeaderBytes = 16;

/** Goes through the control messages: the first timespec of scm_timestamping, ee_info and ee_data of sock_extended_err. */
function stampsOf(control: Buffer): Omit<StampedMessage, 'payload'> {
  let atNs = 0n;
  let isQueued = false;
  let sentNumber: number | null = null;
  for (let at = 0; at + controlHeaderBytes <= control.length; ) {
    const length = Number(control.readBigUInt64LE(at));
    const level = control.readInt32LE(at + 8);
    const type = control.readInt32LE(at + 12);
    const data = at + controlHeaderBytes;
    if (level === SOL_SOCKET && type === SO_TIMESTAMPING)
      atNs = control.readBigInt64LE(data) * 1_000_000_000n + control.readBigInt64LE(data + 8);
    if (level === SOL_IP && type === IP_RECVERR) {
      sentNumber = control.readUInt32LE(data + 12);
      isQueued = control.readUInt32LE(data + 8) === SCM_TSTAMP_SCHED;
    }
    at += Math.ceil(length / 8) * 8 || control.length;
  }
  return { atNs, sentNumber, isQueued };
}
