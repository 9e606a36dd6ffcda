// Packets of a test: UDP datagrams sent from a namespace one by one, and a socket that takes them at the end.
import { closeSync, writeSync } from 'node:fs';
import type { Cleanup } from '../../../src/bench/cleanup.js';
import { inNetns } from '../../../src/libbpf/libc.js';
import { bindSocket, connectSocket, openDatagramSocket } from '../../../src/libbpf/sockets.js';

export const sinkPort = 7107;
const bufferBytes = 16 * 1024 * 1024;
const payloadBytes = 22;

type Close = () => Promise<void>;
type Owner = { readonly cleanup: Cleanup };

export interface Send {
  (packets: number): void;
  /** Early: an open socket keeps its namespace alive. */
  readonly close: Close;
}

/** Sends to this address; on a device without a queueing discipline a packet is on its way when this returns. */
export function sender(owner: Owner, netns: string, address: string, byteLength = payloadBytes): Send {
  const { fd, close } = openIn(owner, netns);
  inNetns(netns, () => connectSocket(fd, address, sinkPort));
  const payload = Buffer.alloc(byteLength, 'vifscope');
  const send = (packets: number) => {
    for (let sent = 0; sent < packets; sent++) writeSync(fd, payload);
  };
  return Object.assign(send, { close });
}

/** Takes what arrives in this namespace, so that nothing is answered with "port unreachable". */
export function listen(owner: Owner, netns: string): Close {
  const { fd, close } = openIn(owner, netns);
  inNetns(netns, () => bindSocket(fd, '0.0.0.0', sinkPort));
  return close;
}

function openIn(owner: Owner, netns: string): { readonly fd: number; readonly close: Close } {
  const fd = inNetns(netns, () => openDatagramSocket(bufferBytes));
  return { fd, close: owner.cleanup.add('close a socket', () => closeSync(fd)) };
}
