// libc's foreign calls for network namespaces and for tun and tap devices.
// In: names. Out: file descriptors, which belong to the caller; a refusal throws with errno's text.
import { closeSync, openSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import ffi from '@2060.io/ffi-napi';
import { errno } from './errno.js';

/** The running process's own symbols: works for every libc that Node runs on. */
const libc = ffi.Library(null, {
  setns: ['int', ['int', 'int']],
  ioctl: ['int', ['int', 'ulong', 'pointer']],
});

const CLONE_NEWNET = 0x40000000;
const TUNSETIFF = 0x400454ca;
const IFF_TUN = 0x0001;
const IFF_TAP = 0x0002;
const IFF_MULTI_QUEUE = 0x0100;
const IFF_NO_PI = 0x1000;
const IFF_VNET_HDR = 0x4000;
const ifNameBytes = 16;
const ifreqBytes = 40;
/** Our own namespace, entered again after every visit to another. */
const ownNetns = '/proc/thread-self/ns/net';

export const callFailure = (call: string, errno: number) => {
  const [name, text] = getSystemErrorMap().get(-errno) ?? [`errno ${errno}`, 'unknown error'];
  return Object.assign(new Error(`${call}: ${text} (${name})`), { code: name, errno });
};

/** The result of a call, or errno as an exception; errno is read before anything else can change it. */
export function checked(call: string, result: number): number {
  if (result < 0) throw callFailure(call, errno());
  return result;
}

/**
 * Runs `visit` with this thread in the named network namespace (`ip netns`); "host" is our own. Only synchronous work is
 * in there: the namespace is the thread's, and the event loop of Node runs on this thread.
 */
export function inNetns<T>(netns: string, visit: () => T): T {
  if (netns === 'host') return visit();
  const own = openSync(ownNetns, 'r');
  try {
    const other = openSync(`/run/netns/${netns}`, 'r');
    try {
      checked(`setns to ${netns}`, libc.setns(other, CLONE_NEWNET));
    } finally {
      closeSync(other);
    }
    try {
      return visit();
    } finally {
      checked('setns back', libc.setns(own, CLONE_NEWNET));
    }
  } finally {
    closeSync(own);
  }
}

const tunTapFlags = { tun: IFF_TUN | IFF_NO_PI, tap: IFF_TAP | IFF_NO_PI | IFF_VNET_HDR } as const;

/**
 * A new tun (IP packets) or tap (frames behind a virtio_net_hdr) device in this thread's namespace; with several queues,
 * each further call of the same name opens one more.
 */
export function openTunTap(kind: keyof typeof tunTapFlags, device: string, hasQueues = false): number {
  const fd = openSync('/dev/net/tun', 'r+');
  try {
    const request = Buffer.alloc(ifreqBytes);
    request.write(device, 0, ifNameBytes - 1, 'latin1');
    request.writeUInt16LE(tunTapFlags[kind] | (hasQueues ? IFF_MULTI_QUEUE : 0), ifNameBytes);
    checked(`TUNSETIFF ${device}`, libc.ioctl(fd, TUNSETIFF, request));
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
