// The generator's socket and the packets that it sends from, written in place.
import { writeSync } from 'node:fs';
import { DatagramSender } from '../../libbpf/datagrams.js';
import { inNetns } from '../../libbpf/libc.js';
import { bindSocket, connectSocket } from '../../libbpf/sockets.js';
import type { SendPlan } from '../load/plan.js';
import { frameLimits, PacketWriter, payloadBytesOf } from '../packet.js';
import type { Framing } from './framing.js';
import type { GeneratorInput } from './messages.js';

/** Large, so that queues on the path are what fills up and not the socket's own allowance. */
const socketBufferBytes = 64 * 1024 * 1024;
/** A foreign call costs 25 to 66 µs, so many packets share it: 1,024 are what the kernel takes at once. */
export const batchPackets = 1024;

const wasRefused = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'ENOBUFS');

/** Packets, and a socket for each address that they go to, in turn. */
export class Sender {
  /** Packets that the socket turned away since begin(). */
  refused = 0;
  readonly #sockets: readonly number[];
  #calls = 0;
  readonly #framing: Framing;
  readonly #sender: DatagramSender;
  readonly #writer: PacketWriter;
  readonly #input: GeneratorInput;

  constructor(input: GeneratorInput, framing: Framing) {
    this.#input = input;
    this.#framing = framing;
    const { hasPorts, headerBytes } = framing;
    this.#sockets = input.sinkAddresses.map((address, at) => {
      const socket = inNetns(input.netns, () => framing.open(socketBufferBytes));
      bindSocket(socket, input.sourceAddress, hasPorts ? input.sourcePort + at : 0);
      connectSocket(socket, address, hasPorts ? input.sinkPort : 0);
      return socket;
    });
    const slotBytes = headerBytes + payloadBytesOf(frameLimits.maxBytes);
    this.#sender = new DatagramSender(batchPackets, slotBytes);
    this.#writer = new PacketWriter(this.#sender.data);
  }

  begin(flow: number): void {
    this.refused = 0;
    const { data, slotBytes } = this.#sender;
    for (let slot = 0; slot < batchPackets; slot++) {
      const at = slot * slotBytes;
      this.#framing.prepare(data, at, this.#input);
      this.#writer.prepare(at + this.#framing.headerBytes, flow);
    }
  }

  /** @returns bytes to be sent from this slot */
  write(slot: number, turn: number, { payloadBytes, flows }: SendPlan, dueNs: number): number {
    const { data, slotBytes } = this.#sender;
    const { headerBytes } = this.#framing;
    const at = slot * slotBytes;
    const bytes = headerBytes + (payloadBytes[turn % payloadBytes.length] ?? 0);
    this.#writer.stamp(at + headerBytes, turn, dueNs);
    this.#framing.finish(data, at, bytes, turn, turn % flows, this.#input);
    this.#sender.setLength(slot, bytes);
    return bytes;
  }

  /** The first, where answers come back. */
  get socket(): number {
    return this.#sockets[0] ?? -1;
  }

  #nextSocket(): number {
    const at = this.#calls++ % this.#sockets.length;
    return this.#sockets[at] ?? -1;
  }

  /** The first slot, of so many bytes: Node's own write costs less than a foreign call. */
  sendOne(bytes: number): void {
    try {
      writeSync(this.#nextSocket(), this.#sender.data, 0, bytes);
    } catch (error) {
      if (!wasRefused(error)) throw error;
      this.refused += 1;
    }
  }

  /** The first so many slots. */
  sendMany(slots: number): void {
    this.refused += this.#sender.send(this.#nextSocket(), slots);
  }
}
