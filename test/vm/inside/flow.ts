// One path's packets, sent and received by this one process: under emulation, starting another Node takes seconds.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { payloadBytesOf } from '../../../src/bench/packet.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import { inNetns } from '../../../src/libbpf/libc.js';
import {
  bindSocket,
  connectSocket,
  DatagramReceiver,
  openDatagramSocket,
} from '../../../src/libbpf/sockets.js';

const socketBufferBytes = 4 * 1024 * 1024;
const payloadBytes = payloadBytesOf(64);
/** A burst every so often: slow enough for an emulated CPU, and for the forwarder to have its turn. */
const burstPackets = 10;
const burstIntervalMs = 5;
/** Nothing for that long after the last burst: what is missing is lost. */
const quietMs = 500;

export interface FlowCount {
  readonly sent: number;
  readonly received: number;
}

export class Flow {
  readonly #output: number;
  readonly #receiver: DatagramReceiver;
  readonly #payload = Buffer.alloc(payloadBytes);

  constructor({ generatorNetns, sinkNetns, sinkAddress, sinkPort }: BuiltPath) {
    const input = inNetns(sinkNetns, () => openDatagramSocket(socketBufferBytes));
    bindSocket(input, sinkAddress, sinkPort);
    this.#receiver = new DatagramReceiver(input, burstPackets * 10, payloadBytes);
    this.#output = inNetns(generatorNetns, () => openDatagramSocket(socketBufferBytes));
    connectSocket(this.#output, sinkAddress, sinkPort);
  }

  /** Sends so many packets and receives those that come out at the end. */
  async carry(packets: number): Promise<FlowCount> {
    let received = 0;
    const receive = () => {
      const count = this.#receiver.receive(() => {});
      received += count;
      return count;
    };
    for (let sent = 0; sent < packets; sent++) {
      writeSync(this.#output, this.#payload);
      if (sent % burstPackets !== 0) continue;
      await sleep(burstIntervalMs);
      receive();
    }
    for (let waitedMs = 0; received < packets && waitedMs < quietMs; waitedMs += burstIntervalMs) {
      await sleep(burstIntervalMs);
      if (receive() > 0) waitedMs = 0;
    }
    return { sent: packets, received };
  }
}
