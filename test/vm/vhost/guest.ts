// The guest: this process as the driver of a network device that vhost serves. It sends and receives by the burst
// and tells how long each burst took, from before the first packet until the device has given back the last buffer.
import { writeSync } from 'node:fs';
import { PacketWriter, sequenceOf } from '../../../src/bench/packet.js';
import type { Scope } from '../../../src/bench/scope.js';
import { payloadOffset, udpFrame } from './frame.js';
import { type Ground, guestEnd, hostEnd, makeGuestMemory } from './ground.js';
import { smallPayloadBytes } from './loads.js';
import type { Burst } from './report.js';
import { type Kick, startVhost } from './vhostNet.js';
import { layoutOf, type QueuePlace, Virtqueue } from './virtqueue.js';

const incoming: QueuePlace = { offset: 0, slots: 128, slotBytes: 2_048, direction: 'from device' };
const outgoing: QueuePlace = {
  offset: layoutOf(incoming).end,
  slots: 128,
  slotBytes: 8_192,
  direction: 'to device',
};
/** Marks the packets of both directions. */
const flow = 0x76686f73;
const napMs = 0.2;
const patienceMs = 10_000;
const napCell = new Int32Array(new SharedArrayBuffer(4));

/** Waits in place: the burst's duration is to hold no other work of this process. */
export const nap = (milliseconds: number) => Atomics.wait(napCell, 0, 0, milliseconds);

export class Guest {
  readonly #ground: Ground;
  readonly #receive: Virtqueue;
  readonly #transmit: Virtqueue;
  readonly #kickReceive: Kick;
  readonly #kickTransmit: Kick;
  #sequence = 0;

  constructor(ground: Ground, scope: Scope) {
    const memory = makeGuestMemory(layoutOf(outgoing).end);
    this.#ground = ground;
    this.#receive = new Virtqueue(memory, incoming);
    this.#transmit = new Virtqueue(memory, outgoing);
    const queues = [this.#receive, this.#transmit];
    const [kickReceive, kickTransmit] = startVhost(ground.tap, memory.bytes, queues, scope);
    if (!kickReceive || !kickTransmit) throw new Error('vhost has no kick for a queue');
    this.#kickReceive = kickReceive;
    this.#kickTransmit = kickTransmit;
  }

  /** A packet to the host for each of these payload sizes, offered to the device all at once. */
  send(payloadBytes: readonly number[]): Burst {
    const first = this.#sequence;
    const frames = payloadBytes.map((bytes) => udpFrame(guestEnd, hostEnd, this.#nextPayload(bytes)));
    const startNs = process.hrtime.bigint();
    this.#transmit.send(frames);
    this.#kickTransmit();
    waitFor(this.#transmit, frames.length);
    const durationNs = since(startNs);
    this.#transmit.take();
    let arrived = 0;
    this.#ground.input.receive((data, offset, byteLength) => {
      if (sequenceOf(data, offset, byteLength, flow) === first + arrived) arrived += 1;
    });
    return { packets: frames.length, arrived, durationNs };
  }

  /** Packets from the host, which find buffers on offer. */
  receive(packets: number): Burst {
    this.#receive.offer(packets);
    this.#kickReceive();
    return this.#receiveSent(packets, () => {});
  }

  /** Packets from the host, which find no buffer for so long, as if the guest stood still. */
  receiveLate(
    packets: number,
    heldMs: number,
  ): Burst & { readonly sendingNs: number; readonly heldNs: number } {
    let sendingNs = 0;
    let heldNs = 0;
    const burst = this.#receiveSent(packets, (startNs) => {
      sendingNs = since(startNs);
      const sentNs = process.hrtime.bigint();
      nap(heldMs);
      heldNs = since(sentNs);
      this.#receive.offer(packets);
      this.#kickReceive();
    });
    return { ...burst, sendingNs, heldNs };
  }

  #receiveSent(packets: number, afterSending: (startNs: bigint) => void): Burst {
    const first = this.#sequence;
    const payloads = Array.from({ length: packets }, () => this.#nextPayload(smallPayloadBytes));
    const startNs = process.hrtime.bigint();
    for (const payload of payloads) writeSync(this.#ground.output, payload);
    afterSending(startNs);
    waitFor(this.#receive, packets);
    const durationNs = since(startNs);
    const sequences = this.#receive
      .take()
      .map((packet) => sequenceOf(packet, payloadOffset, packet.length - payloadOffset, flow));
    const arrived = sequences.filter((sequence, nth) => sequence === first + nth).length;
    return { packets, arrived, durationNs };
  }

  #nextPayload(bytes: number): Buffer {
    const payload = Buffer.alloc(bytes);
    const writer = new PacketWriter(payload);
    writer.prepare(0, flow);
    writer.stamp(0, this.#sequence, Number(process.hrtime.bigint()));
    this.#sequence += 1;
    return payload;
  }
}

const since = (startNs: bigint): number => Number(process.hrtime.bigint() - startNs);

function waitFor(queue: Virtqueue, buffers: number): void {
  for (const endMs = performance.now() + patienceMs; queue.given < buffers; nap(napMs))
    if (performance.now() > endMs)
      throw new Error(`vhost has given back ${queue.given} of ${buffers} buffers after ${patienceMs} ms`);
}
