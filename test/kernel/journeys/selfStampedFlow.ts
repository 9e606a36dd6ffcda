// UDP packets that bear their own send stamps, CLOCK_MONOTONIC, and that the receiver's kernel stamps on arrival.
// Out: how long each was under way, and how much of that the writing can have been, before and after the first hook.
import { writeSync } from 'node:fs';
import { decodePacket, PacketWriter } from '../../../src/bench/packet.js';
import { bindSocket, connectSocket } from '../../../src/libbpf/sockets.js';
import { StampReader, stampReceived } from '../support/timestamps.js';
import { readClockOffset } from './clockOffset.js';
import { type FlowEnds, openSocket } from './numberedFlow.js';

const payloadBytes = 22;
/** Not 0, so that a stray packet of zeros is none of ours. */
const flow = 0x6a6f_7572;

export interface UnderWay {
  /** From the stamp in the packet. */
  readonly stampedNs: readonly number[];
  /** From the stamp to the end of the write. */
  readonly writeNs: readonly number[];
}

export class SelfStampedFlow {
  readonly #source: number;
  readonly #reader: StampReader;
  readonly #packet = Buffer.alloc(payloadBytes);
  readonly #writer = new PacketWriter(this.#packet);
  readonly #writtenNs: bigint[] = [];
  readonly #arrived: { readonly sequence: number; readonly sentNs: bigint; readonly realNs: bigint }[] = [];
  readonly #offsetBefore = readClockOffset();

  constructor(
    { generatorNetns, sinkNetns, sinkAddress, sinkPort }: FlowEnds,
    owner: Parameters<typeof openSocket>[1],
  ) {
    this.#writer.prepare(0, flow);
    const sink = openSocket(sinkNetns, owner);
    bindSocket(sink, sinkAddress, sinkPort);
    stampReceived(sink);
    this.#reader = new StampReader(sink, 'received');
    this.#source = openSocket(generatorNetns, owner);
    connectSocket(this.#source, sinkAddress, sinkPort);
  }

  get sent(): number {
    return this.#writtenNs.length;
  }

  send(): void {
    this.#writer.stamp(0, this.sent, Number(process.hrtime.bigint()));
    writeSync(this.#source, this.#packet);
    this.#writtenNs.push(process.hrtime.bigint());
  }

  /** Takes what has arrived. @returns how many have, of all */
  receive(): number {
    const take = () =>
      this.#reader.read(({ payload, atNs: realNs }) => {
        const packet = decodePacket(payload);
        if (packet?.flow === flow) this.#arrived.push({ ...packet, sentNs: packet.scheduledNs, realNs });
      });
    while (take() > 0);
    return this.#arrived.length;
  }

  /** Of those that were sent from this one on. */
  underWayFrom(first: number): UnderWay {
    const after = readClockOffset();
    const { leastNs: least, mostNs: most } = this.#offsetBefore;
    const offset = (least + most + after.leastNs + after.mostNs) / 4n;
    const counted = this.#arrived.filter(({ sequence }) => sequence >= first);
    return {
      stampedNs: counted.map(({ sentNs, realNs }) => Number(realNs - offset - sentNs)),
      writeNs: counted.map(({ sequence, sentNs }) => Number((this.#writtenNs[sequence] ?? 0n) - sentNs)),
    };
  }
}
