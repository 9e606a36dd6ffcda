// A slow flow whose every packet the kernel itself stamps at the driver's transmit and at the receive.
// Out: the time between the two stamps, packet by packet.
import { closeSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressesOf } from '../../../src/bench/addresses.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { inNetns } from '../../../src/libbpf/libc.js';
import { bindSocket, connectSocket, openDatagramSocket } from '../../../src/libbpf/sockets.js';
import { StampReader, stampReceived, stampSent } from './timestamps.js';

const port = 9_007;
const bufferBytes = 16 * 1024 * 1024;
/** The error queue counts against the sender's buffer: it is emptied long before that is full. */
const packetsABatch = 500;
/** The kernel turns its clock reads on from a work queue. */
const warmUpMs = 100;
const collectLimitMs = 2_000;

export class StampedFlow {
  readonly #sender: number;
  readonly #receiver: number;
  readonly #sent: StampReader;
  readonly #received: StampReader;
  readonly #transmittedNs = new Map<number, bigint>();
  readonly #receivedNs = new Map<number, bigint>();
  readonly #packet = Buffer.alloc(22);
  #next = 0;

  constructor(path: BuiltPath, scope: Scope) {
    const open = (netns: string) => {
      const fd = inNetns(netns, () => openDatagramSocket(bufferBytes));
      scope.cleanup.add('close a socket', () => closeSync(fd));
      return fd;
    };
    this.#receiver = open(path.sinkNetns);
    this.#sender = open(path.generatorNetns);
    bindSocket(this.#receiver, path.sinkAddress, port);
    bindSocket(this.#sender, addressesOf(path.name).generator, port);
    connectSocket(this.#sender, path.sinkAddress, port);
    stampReceived(this.#receiver);
    stampSent(this.#sender);
    this.#received = new StampReader(this.#receiver, 'received');
    this.#sent = new StampReader(this.#sender, 'sent');
  }

  /** Sends a few packets that don't count, until the kernel stamps. */
  async warmUp(): Promise<void> {
    await sleep(warmUpMs);
    await this.send(10, 1_000);
  }

  /** Sends at an even rate; returns the waits, in ns, of the packets that have both stamps. */
  async send(packets: number, packetsPerSecond: number): Promise<number[]> {
    const first = this.#next;
    const end = first + packets;
    const startMs = performance.now();
    while (this.#next < end) {
      const batchEnd = Math.min(end, this.#next + packetsABatch);
      for (; this.#next < batchEnd; this.#next++) {
        const dueMs = startMs + ((this.#next - first) * 1_000) / packetsPerSecond;
        while (performance.now() < dueMs);
        this.#packet.writeUInt32LE(this.#next);
        writeSync(this.#sender, this.#packet);
      }
      this.#collect();
    }
    const giveUpAtMs = performance.now() + collectLimitMs;
    while (this.#waits(first).length < packets && performance.now() < giveUpAtMs) {
      await sleep(1);
      this.#collect();
    }
    return this.#waits(first);
  }

  #collect(): void {
    const received = () =>
      this.#received.read(({ payload, atNs }) => this.#receivedNs.set(payload.readUInt32LE(), atNs));
    const sent = () =>
      this.#sent.read(({ sentNumber, atNs }) => this.#transmittedNs.set(sentNumber ?? -1, atNs));
    while (received() + sent() > 0);
  }

  #waits(first: number): number[] {
    return [...this.#transmittedNs].flatMap(([number, transmittedNs]) => {
      const receivedNs = this.#receivedNs.get(number);
      return number < first || receivedNs === undefined ? [] : Number(receivedNs - transmittedNs);
    });
  }
}
