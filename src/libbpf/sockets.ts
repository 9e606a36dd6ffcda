// libc's foreign calls for datagram sockets: open, bind, connect, filter.
// In: addresses. Out: file descriptors, which belong to the caller.
import { closeSync } from 'node:fs';
import ffi from '@2060.io/ffi-napi';
import { checked } from './libc.js';

const libc = ffi.Library(null, {
  socket: ['int', ['int', 'int', 'int']],
  bind: ['int', ['int', 'pointer', 'uint']],
  connect: ['int', ['int', 'pointer', 'uint']],
  setsockopt: ['int', ['int', 'int', 'int', 'pointer', 'uint']],
  getsockopt: ['int', ['int', 'int', 'int', 'pointer', 'pointer']],
});

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
const protocols = { icmp: 1, udp: 17 } as const;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SO_ATTACH_BPF = 50;
const SO_MEMINFO = 55;
/** SK_MEMINFO_DROPS and SK_MEMINFO_VARS of include/uapi/linux/sock_diag.h. */
const memInfoDrops = 8;
const memInfoWords = 9;

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
export const openDatagramSocket = (bufferBytes: number): number => open(SOCK_DGRAM, 0, bufferBytes);

/** The same, of one whose caller writes the headers behind IP's, and reads them with IP's (needs CAP_NET_RAW). */
export const openRawSocket = (protocol: keyof typeof protocols, bufferBytes: number): number =>
  open(SOCK_RAW, protocols[protocol], bufferBytes);

function open(type: number, protocol: number, bufferBytes: number): number {
  const fd = checked('socket', libc.socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
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

/** Has a loaded program of type socket see every datagram before the socket takes it. */
export function attachFilter(fd: number, programFd: number): void {
  checked('SO_ATTACH_BPF', libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, intBuffer(programFd), 4));
}
