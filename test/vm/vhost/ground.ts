// Where the plan takes place: a namespace with a tap, whose other side vhost serves, and the host's sockets.
import { closeSync, ftruncateSync, openSync, unlinkSync } from 'node:fs';
import { addressesOf, generatorPort, sinkPort } from '../../../src/bench/addresses.js';
import { runCommand } from '../../../src/bench/command.js';
import { addNetns } from '../../../src/bench/namespaces.js';
import type { Scope } from '../../../src/bench/scope.js';
import { DatagramReceiver } from '../../../src/libbpf/datagrams.js';
import { inNetns, openTunTap } from '../../../src/libbpf/libc.js';
import { type MappedMemory, mapShared } from '../../../src/libbpf/memory.js';
import { bindSocket, connectSocket, openDatagramSocket } from '../../../src/libbpf/sockets.js';
import { ioctl } from '../inside/ioctl.js';
import { type FrameEnd, virtioHeaderBytes } from './frame.js';
import { bigPayloadBytes, mostBurstPackets } from './loads.js';

export const tapName = 'tap0';
const mtuBytes = 9_000;
const socketBufferBytes = 4 * 1024 * 1024;
/** include/uapi/linux/if_tun.h */
const TUNSETSNDBUF = 0x400454d4;
const TUNSETVNETHDRSZ = 0x400454d8;

const { generator, sink, guestInMac, sinkMac } = addressesOf('tap');
export const guestEnd: FrameEnd = { mac: guestInMac, address: generator, port: generatorPort };
export const hostEnd: FrameEnd = { mac: sinkMac, address: sink, port: sinkPort };

export interface Ground {
  readonly netns: string;
  readonly tap: number;
  /** Receives what the guest sends. */
  readonly input: DatagramReceiver;
  /** A socket whose datagrams go to the guest. */
  readonly output: number;
}

export async function makeGround(scope: Scope): Promise<Ground> {
  const netns = await addNetns('tap', 'sink', scope);
  const tap = inNetns(netns, () => openTunTap('tap', tapName));
  scope.cleanup.add(`close ${tapName}`, () => closeSync(tap));
  ioctl('TUNSETVNETHDRSZ', tap, TUNSETVNETHDRSZ, intOf(virtioHeaderBytes));
  const ip = (...args: string[]) => runCommand('ip', ['-n', netns, ...args]);
  await ip('link', 'set', tapName, 'address', hostEnd.mac, 'mtu', String(mtuBytes));
  await ip('address', 'add', `${hostEnd.address}/32`, 'dev', tapName);
  await ip('link', 'set', tapName, 'up');
  await ip('route', 'add', `${guestEnd.address}/32`, 'dev', tapName);
  const entry = [guestEnd.address, 'lladdr', guestEnd.mac, 'dev', tapName, 'nud', 'permanent'];
  await ip('neighbour', 'add', ...entry);
  const open = () => {
    const fd = inNetns(netns, () => openDatagramSocket(socketBufferBytes));
    scope.cleanup.add('close a socket', () => closeSync(fd));
    return fd;
  };
  const [input, output] = [open(), open()];
  bindSocket(input, hostEnd.address, hostEnd.port);
  connectSocket(output, guestEnd.address, guestEnd.port);
  return { netns, tap, input: new DatagramReceiver(input, mostBurstPackets, bigPayloadBytes), output };
}

/** How much the tap may hold of what is written to it; vhost writes by the batch only where it is without limit. */
export function limitSendBuffer(tap: number, bytes: number): void {
  ioctl('TUNSETSNDBUF', tap, TUNSETSNDBUF, intOf(bytes));
}

/** Memory for a guest, which lasts as long as this process. */
export function makeGuestMemory(byteLength: number): MappedMemory {
  const path = `/run/vifscope-guest-memory-${process.pid}`;
  const fd = openSync(path, 'wx+', 0o600);
  try {
    unlinkSync(path);
    ftruncateSync(fd, byteLength);
    return mapShared(fd, byteLength);
  } finally {
    closeSync(fd);
  }
}

function intOf(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32LE(value);
  return buffer;
}
