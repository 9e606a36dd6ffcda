// What stands before a packet's content, and which socket it leaves by: one table of carriers.
import { openDatagramSocket, openRawSocket } from '../../libbpf/sockets.js';
import type { GeneratorInput } from './messages.js';

const udpHeaderBytes = 8;
const icmpHeaderBytes = 8;
const ECHO_REQUEST = 8;
/** Header and content that is not zero. */
const summedBytes = icmpHeaderBytes + 20;

/** Few enough answers that they are no load of their own, enough for a percentile. */
export const sockperfReplyEvery = 10;
const FROM_CLIENT = 1;
const WANTS_REPLY = 2;

export interface Framing {
  readonly headerBytes: number;
  /** Whether the socket is bound and connected to ports. */
  readonly hasPorts: boolean;
  open(bufferBytes: number): number;
  /** Once a slot and load: what does not change. */
  prepare(data: Buffer, at: number, input: GeneratorInput): void;
  /** Once a packet, when its content is written. @param bytes with the header @param flow from 0 */
  finish(data: Buffer, at: number, bytes: number, turn: number, flow: number, input: GeneratorInput): void;
}

const none = () => {};

export const framings = {
  /** UDP, one flow: the kernel writes the header. */
  oneFlow: { headerBytes: 0, hasPorts: true, open: openDatagramSocket, prepare: none, finish: none },
  /** UDP, many flows by their source ports. No checksum, which IPv4 allows. */
  manyFlows: {
    headerBytes: udpHeaderBytes,
    hasPorts: false,
    open: (bufferBytes) => openRawSocket('udp', bufferBytes),
    prepare: (data, at, { sinkPort }) =>
      data.fill(0, at, at + udpHeaderBytes).writeUInt16BE(sinkPort, at + 2),
    finish: (data, at, bytes, _turn, flow, { sourcePort }) => {
      data.writeUInt16BE(sourcePort + flow, at);
      data.writeUInt16BE(bytes, at + 4);
    },
  },
  /** ICMP echo requests, which every guest answers by itself; flows by their identifiers. */
  echo: {
    headerBytes: icmpHeaderBytes,
    hasPorts: false,
    open: (bufferBytes) => openRawSocket('icmp', bufferBytes),
    prepare: (data, at) => data.fill(0, at, at + icmpHeaderBytes).writeUInt8(ECHO_REQUEST, at),
    finish: (data, at, _bytes, turn, flow, { sourcePort }) => {
      data.writeUInt16BE((sourcePort + flow) & 0xffff, at + 4);
      data.writeUInt16BE(turn & 0xffff, at + 6);
      data.writeUInt16BE(0, at + 2);
      data.writeUInt16BE(internetChecksum(data, at, summedBytes), at + 2);
    },
  },
  /**
   * Messages that a sockperf server answers: its header (sequence number, flags and length: 64, 16 and 32 bits), then
   * zeros up to where an echo's content begins for the filter that counts arrivals.
   */
  sockperf: {
    headerBytes: 20,
    hasPorts: true,
    open: openDatagramSocket,
    prepare: (data, at) => data.fill(0, at, at + 20),
    finish: (data, at, bytes, turn) => {
      data.writeUInt32BE(turn, at + 4);
      data.writeUInt16BE(turn % sockperfReplyEvery === 0 ? FROM_CLIENT | WANTS_REPLY : FROM_CLIENT, at + 8);
      data.writeUInt32BE(bytes, at + 10);
    },
  },
} as const satisfies Record<string, Framing>;

/** RFC 1071, over whole 16-bit words. */
export function internetChecksum(data: Buffer, at: number, bytes: number): number {
  let sum = 0;
  for (let word = at; word < at + bytes; word += 2) sum += data.readUInt16BE(word);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
