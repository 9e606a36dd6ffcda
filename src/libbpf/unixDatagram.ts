// libc's foreign calls for one datagram to a unix socket, which Node itself can't send.
import { closeSync } from 'node:fs';
import ffi from '@2060.io/ffi-napi';
import { checked } from './libc.js';

const libc = ffi.Library(null, {
  socket: ['int', ['int', 'int', 'int']],
  sendto: ['long', ['int', 'pointer', 'size_t', 'int', 'pointer', 'uint']],
});

/** include/linux/socket.h, net.h, uapi/linux/un.h */
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;
const sunPathBytes = 108;

/**
 * Sends a datagram and waits for nobody: where the receiver's queue is full, it is not sent.
 * @param address a path, or "@name" for an abstract one
 * @throws Error with errno's text, or when the address is too long for one
 */
export function sendUnixDatagram(address: string, text: string): void {
  const target = unixAddress(address);
  const bytes = Buffer.from(text);
  const fd = checked('socket', libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  try {
    const sent = libc.sendto(fd, bytes, bytes.length, MSG_NOSIGNAL, target, target.length);
    checked(`send to ${address}`, Number(sent));
  } finally {
    closeSync(fd);
  }
}

/** sockaddr_un: as long as its name, since in an abstract one every further zero would count. */
function unixAddress(address: string): Buffer {
  const name = Buffer.from(address);
  if (name.length >= sunPathBytes) throw new Error(`${address}: longer than a socket's address can be`);
  if (address.startsWith('@')) name[0] = 0;
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  return Buffer.concat([family, name]);
}
