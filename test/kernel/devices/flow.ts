// Packets of a test: UDP datagrams sent from a namespace one by one, and a socket that takes them at the end.
import { closeSync, writeSync } from 'node:fs';
import { inNetns } from '../../../src/libbpf/libc.js';
import { bindSocket, connectSocket, openDatagramSocket } from '../../../src/libbpf/sockets.js';
import type { Ground } from './ground.js';

export const sinkPort = 7107;
const bufferBytes = 16 * 1024 * 1024;
const payloadBytes = 22;

type Close = () => Promise<void>;

export interface Send {
  (packets: number): void;
  /** Early: an open socket keeps its namespace alive. */
  readonly close: Close;
}

/** Sends to this address; on a device without a queueing discipline a packet is on its way when this returns. */
export function sender(ground: Ground, netns: string, address: string, byteLength = payloadBytes): Send {
  const { fd, close } = openIn(ground, netns);
  inNetns(netns, () => connectSocket(fd, address, sinkPort));
  const payload = Buffer.alloc(byteLength, 'vifscope');
  const send = (packets: number) => {
    for (let sent = 0; sent < packets; sent++) writeSync(fd, payload);
  };
  return Object.assign(send, { close });
}

/** Takes what arrives in this namespace, so that nothing is answered with "port unreachable". */
export function listen(ground: Ground, netns: string): Close {
  const { fd, close } = openIn(ground, netns);
  inNetns(netns, () => bindSocket(fd, '0.0.0.0', sinkPort));
  return close;
}

function openIn(ground: Ground, netns: string): { readonly fd: number; readonly close: Close } {
  const fd = inNetns(netns, () => openDatagramSocket(bufferBytes));
  return { fd, close: ground.cleanup.add('close a socket', () => closeSync(fd)) };
}
