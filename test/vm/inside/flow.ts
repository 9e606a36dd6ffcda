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
}

export class Flow {
  readonly #output: number;
  readonly #receiver: DatagramReceiver;
  readonly #payload = Buffer.alloc(payloadBytes);

  constructor({ generatorNetns, sinkNetns, sinkAddress, sinkPort }: BuiltPath) {
    const input = inNetns(sinkNetns, () => openDatagramSocket(socketBufferBytes));
    bindSocket(input, sinkAddress, sinkPort);
    this.#receiver = new DatagramReceiver(input, burstPackets * 4, payloadBytes);
    this.#output = inNetns(generatorNetns, () => openDatagramSocket(socketBufferBytes));
    connectSocket(this.#output, sinkAddress, sinkPort);
  }

  /** Sends so many packets and receives those that come out at the end. */
  async carry(packets: number): Promise<FlowCount> {
    let received = 0;
    for (let sent = 0; sent < packets; sent++) {
      writeSync(this.#output, this.#payload);
      if (sent % burstPackets !== 0) continue;
      await sleep(burstIntervalMs);
      received += this.#receive();
    }
    return { sent: packets, received: received + (await this.drain(packets - received)) };
  }

  /** Receives what is still under way, until that many have come or no more do; returns how many came. */
  async drain(expected = Number.POSITIVE_INFINITY): Promise<number> {
    let received = 0;
    let quietSince = performance.now();
    while (received < expected && performance.now() - quietSince < quietMs) {
      await sleep(burstIntervalMs);
      const count = this.#receive();
      if (count > 0) quietSince = performance.now();
      received += count;
    }
    return received;
  }

  #receive(): number {
    return this.#receiver.receive(() => {});
  }
}
