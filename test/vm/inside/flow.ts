// One path's packets, sent and received by this one process: under emulation, starting another Node takes seconds.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { payloadBytesOf } from '../../../src/bench/packet.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import { DatagramReceiver } from '../../../src/libbpf/datagrams.js';
import { inNetns } from '../../../src/libbpf/libc.js';
import { bindSocket, connectSocket, openDatagramSocket } from '../../../src/libbpf/sockets.js';

const socketBufferBytes = 4 * 1024 * 1024;
const payloadBytes = payloadBytesOf(64);
/** A burst every so often: slow enough for an emulated CPU, and for the forwarder to have its turn. */
const burstPackets = 25;
const burstIntervalMs = 5;
/** Nothing for that long after the last burst: what is missing is lost, or held up. */
const quietMs = 500;

export interface FlowCount {
  readonly sent: number;
  readonly received: number;
  /** From before a burst was sent until all of it had arrived, or was given up; the longest of all bursts. */
  readonly longestNs: number;
}

interface Burst {
  readonly startedNs: bigint;
  /** So many packets have been sent with it; packets overtake none, so then all of it has arrived. */
  readonly sentSoFar: number;
}

export class Flow {
  readonly #output: number;
  readonly #receiver: DatagramReceiver;
  readonly #payload = Buffer.alloc(payloadBytes);
  #received = 0;
  #underWay: Burst[] = [];
  #longestNs = 0;

  constructor({ generatorNetns, sinkNetns, sinkAddress, sinkPort }: BuiltPath) {
    const input = inNetns(sinkNetns, () => openDatagramSocket(socketBufferBytes));
    bindSocket(input, sinkAddress, sinkPort);
    this.#receiver = new DatagramReceiver(input, burstPackets * 4, payloadBytes);
    this.#output = inNetns(generatorNetns, () => openDatagramSocket(socketBufferBytes));
    connectSocket(this.#output, sinkAddress, sinkPort);
  }

  /** Sends so many packets and receives those that come out at the end. */
  async carry(packets: number): Promise<FlowCount> {
    this.#received = 0;
    this.#underWay = [];
    this.#longestNs = 0;
    for (let sent = 0; sent < packets; ) {
      sent += this.#sendBurst(sent, Math.min(burstPackets, packets - sent));
      await sleep(burstIntervalMs);
      this.#receive();
    }
    return this.drain(packets);
  }

  /** Receives what is still under way, until that many in all have come or no more do. @returns the count since carry() */
  async drain(packets: number): Promise<FlowCount> {
    let quietSince = performance.now();
    while (this.#received < packets && performance.now() - quietSince < quietMs) {
      await sleep(burstIntervalMs);
      if (this.#receive() > 0) quietSince = performance.now();
    }
    for (const { startedNs } of this.#underWay) this.#note(startedNs);
    return { sent: packets, received: this.#received, longestNs: this.#longestNs };
  }

  /** @returns how many were sent */
  #sendBurst(sentBefore: number, packets: number): number {
    this.#underWay.push({ startedNs: process.hrtime.bigint(), sentSoFar: sentBefore + packets });
    for (let sent = 0; sent < packets; sent++) writeSync(this.#output, this.#payload);
    return packets;
  }

  #receive(): number {
    const count = this.#receiver.receive(() => {});
    this.#received += count;
    const isThere = ({ sentSoFar }: Burst) => sentSoFar <= this.#received;
    for (const { startedNs } of this.#underWay.filter(isThere)) this.#note(startedNs);
    this.#underWay = this.#underWay.filter((burst) => !isThere(burst));
    return count;
  }

  #note(startedNs: bigint): void {
    this.#longestNs = Math.max(this.#longestNs, Number(process.hrtime.bigint() - startedNs));
  }
}
