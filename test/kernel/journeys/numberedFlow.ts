// UDP packets that all differ, sent one by one over a path and counted at its end.
import { closeSync, writeSync } from 'node:fs';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { DatagramReceiver } from '../../../src/libbpf/datagrams.js';
import { inNetns } from '../../../src/libbpf/libc.js';
import { bindSocket, connectSocket, openDatagramSocket } from '../../../src/libbpf/sockets.js';

const payloadBytes = 22;
const socketBytes = 16 * 1024 * 1024;
const batchPackets = 256;

/** Of an IPv4 and a UDP header, as a packet is read from a tun. */
export const payloadAt = 28;
/** First byte of the payload. */
export const marks = { counted: 0, priming: 0xff, lastPriming: 0xfe } as const;
export type Mark = keyof typeof marks;

export interface NumberedSender {
  /** On tun the packet is in the ring when this returns. */
  send(mark: Mark): void;
  readonly sent: number;
}

export interface NumberedFlow extends Pick<NumberedSender, 'send'> {
  haveAllArrived(): boolean;
}

type Owner = Pick<Scope, 'cleanup'>;
export type FlowEnds = Pick<BuiltPath, 'generatorNetns' | 'sinkNetns' | 'sinkAddress' | 'sinkPort'>;

export function openSocket(netns: string, { cleanup }: Owner): number {
  const fd = inNetns(netns, () => openDatagramSocket(socketBytes));
  cleanup.add('close a socket', () => closeSync(fd));
  return fd;
}

export function openNumberedSender(
  { generatorNetns, sinkAddress, sinkPort }: Omit<FlowEnds, 'sinkNetns'>,
  owner: Owner,
): NumberedSender {
  const source = openSocket(generatorNetns, owner);
  connectSocket(source, sinkAddress, sinkPort);
  const payload = Buffer.alloc(payloadBytes);
  let sent = 0;
  return {
    send: (mark) => {
      payload.writeUInt8(marks[mark], 0);
      payload.writeUInt32BE(++sent, 1);
      writeSync(source, payload);
    },
    get sent() {
      return sent;
    },
  };
}

export function openNumberedFlow(ends: FlowEnds, owner: Owner): NumberedFlow {
  const sink = openSocket(ends.sinkNetns, owner);
  bindSocket(sink, ends.sinkAddress, ends.sinkPort);
  const receiver = new DatagramReceiver(sink, batchPackets, payloadBytes);
  const sender = openNumberedSender(ends, owner);
  let received = 0;
  return {
    send: sender.send,
    haveAllArrived: () => {
      for (let count = batchPackets; count === batchPackets; received += count)
        count = receiver.receive(() => {});
      return received >= sender.sent;
    },
  };
}
