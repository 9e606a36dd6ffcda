// UDP packets from one namespace to another, sent and received by this process, each burst timed from end to end.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatagramReceiver } from '../../../src/libbpf/datagrams.js';
import { bindSocket, connectSocket } from '../../../src/libbpf/sockets.js';
import type { CaseGround } from './ground.js';
import { QueueStamps } from './queueStamps.js';
import type { Carried } from './report.js';

const port = 7107;
const lostAfterMs = 3_000;
/** Between two bursts the rest of the system has its turn. */
const pauseMs = 1;

export interface DatagramOptions {
  readonly from: string;
  readonly to: string;
  readonly address: string;
  readonly payloadBytes?: number;
  readonly burst?: number;
  /** Sources, each a flow of its own. */
  readonly flows?: number;
  /** Whether the kernel is asked for its own stamps of each packet. */
  readonly isStamped?: boolean;
  /** Called while packets are under way, by who has something to forward. */
  readonly pump?: () => void;
}

export function openDatagrams(ground: CaseGround, options: DatagramOptions) {
  const { from, to, address, payloadBytes = 22, burst = 20, flows = 1, isStamped = false } = options;
  const { pump = () => {} } = options;
  const sink = ground.socket(to);
  bindSocket(sink, address, port);
  const receiver = new DatagramReceiver(sink, burst * 2, payloadBytes);
  const sources = Array.from({ length: flows }, () => {
    const fd = ground.socket(from);
    connectSocket(fd, address, port);
    return fd;
  });
  const payload = Buffer.alloc(payloadBytes, 'vifscope');
  const stamps = isStamped ? new QueueStamps(sources[0] ?? -1) : null;

  /** @returns how many of the burst have arrived, and how long that took */
  function carryBurst(packets: number): { readonly received: number; readonly tookNs: number } {
    const startedNs = process.hrtime.bigint();
    const elapsedNs = () => Number(process.hrtime.bigint() - startedNs);
    for (let sent = 0; sent < packets; sent++) writeSync(sources[sent % flows] ?? -1, payload);
    let received = 0;
    while (received < packets && elapsedNs() < lostAfterMs * 1e6) {
      pump();
      received += receiver.receive(() => {});
    }
    return { received, tookNs: elapsedNs() };
  }

  return async (packets: number): Promise<Carried> => {
    let received = 0;
    let longestNs = 0;
    for (let sent = 0; sent < packets; sent += burst) {
      const done = carryBurst(Math.min(burst, packets - sent));
      received += done.received;
      longestNs = Math.max(longestNs, done.tookNs);
      stamps?.take();
      await sleep(pauseMs);
    }
    return { sent: packets, received, longestNs, stampedNs: stamps?.medianNs() ?? null, deliveries: null };
  };
}
