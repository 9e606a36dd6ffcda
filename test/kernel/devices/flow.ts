// Packets of a test: UDP datagrams sent from a namespace one by one, and a socket that takes them at the end.
import { closeSync, writeSync } from 'node:fs';
import { inNetns } from '../../../src/libbpf/libc.js';
import { bindSocket, connectSocket, openDatagramSocket } from '../../../src/libbpf/sockets.js';
import type { Ground } from './ground.js';

export const sinkPort = 7107;
const bufferBytes = 16 * 1024 * 1024;
const payloadBytes = 22;

export type Send = (packets: number) => void;

/** Sends to this address; on a device without a queueing discipline a packet is on its way when this returns. */
export function sender(ground: Ground, netns: string, address: string, byteLength = payloadBytes): Send {
  const fd = openIn(ground, netns);
  inNetns(netns, () => connectSocket(fd, address, sinkPort));
  const payload = Buffer.alloc(byteLength, 'vifscope');
  return (packets) => {
    for (let sent = 0; sent < packets; sent++) writeSync(fd, payload);
  };
}

/** Takes what arrives in this namespace, so that nothing is answered with "port unreachable". */
export function listen(ground: Ground, netns: string): void {
  const fd = openIn(ground, netns);
  inNetns(netns, () => bindSocket(fd, '0.0.0.0', sinkPort));
}

function openIn(ground: Ground, netns: string): number {
  const fd = inNetns(netns, () => openDatagramSocket(bufferBytes));
  ground.cleanup.add('close a socket', () => closeSync(fd));
  return fd;
}
