// Child program, the end of a path: receives flows and accounts for them by sequence number.
import { setTimeout as sleep } from 'node:timers/promises';
import { DatagramReceiver } from '../../libbpf/datagrams.js';
import { inNetns } from '../../libbpf/libc.js';
import { bindSocket, openDatagramSocket, openRawSocket, socketDropCount } from '../../libbpf/sockets.js';
import { ArrivalCounter } from '../load/arrivals.js';
import { sequenceOf } from '../packet.js';
import type { Carrier } from '../path.js';
import { SequenceAccount } from '../sequenceAccount.js';
import { cpuSecondsSince, serveOrders } from './channel.js';
import type { FinishOrder, ReceiveOrder, SinkInput, SinkResult } from './messages.js';

/** Seconds of small packets: the sink may lose the CPU to the path it ends, but no packet. */
const socketBufferBytes = 256 * 1024 * 1024;
const batchPackets = 1024;
/** Between polls: spinning would take the CPU from the forwarder or the guest. */
const pollIntervalMs = 1;
/** Nothing for that long after the last packet was sent: what is missing is lost. */
const quietMs = 300;
const drainLimitMs = 5000;

/** What comes before a packet's content; replies come with the headers of IP and ICMP, and so does all other ICMP. */
const receptions: Readonly<
  Record<Carrier, { readonly open: (bytes: number) => number; readonly headerBytes: number }>
> = {
  udp: { open: openDatagramSocket, headerBytes: 0 },
  echo: { open: (bytes) => openRawSocket('icmp', bytes), headerBytes: 20 + 8 },
};

class Sink {
  readonly #headerBytes: number;
  readonly #socket: number;
  readonly #receiver: DatagramReceiver;
  readonly #arrivals: ArrivalCounter | null;
  #finish: FinishOrder | null = null;
  #result: Promise<SinkResult> | null = null;

  constructor({ netns, carrier, address, port, mostPayloadBytes, countsArrivals }: SinkInput) {
    const { open, headerBytes } = receptions[carrier];
    this.#headerBytes = headerBytes;
    this.#socket = inNetns(netns, () => open(socketBufferBytes));
    this.#arrivals = countsArrivals ? new ArrivalCounter(this.#socket, carrier) : null;
    bindSocket(this.#socket, address, port);
    this.#receiver = new DatagramReceiver(this.#socket, batchPackets, headerBytes + mostPayloadBytes);
  }

  /** Begins to count, before a packet can come. */
  receive(order: ReceiveOrder): void {
    this.#finish = null;
    this.#arrivals?.restart(order.flow);
    this.#result = this.#count(order);
  }

  /** Waits for what is still to come. */
  async finish(order: FinishOrder): Promise<SinkResult> {
    if (this.#result === null) throw new Error('nothing was to be received');
    this.#finish = order;
    return await this.#result;
  }

  async #count({ flow, packets }: ReceiveOrder): Promise<SinkResult> {
    const account = new SequenceAccount(packets);
    const headerBytes = this.#headerBytes;
    const dropsBefore = socketDropCount(this.#socket);
    const cpuBefore = process.cpuUsage();
    let foreign = 0;
    const take = (data: Buffer, offset: number, byteLength: number) => {
      const sequence = sequenceOf(data, offset + headerBytes, byteLength - headerBytes, flow);
      if (sequence === null || !account.take(sequence)) foreign++;
    };
    const finish = await this.#untilDrained(take, account);
    const { missing, ...counts } = account.summary(finish.turns);
    const arrivals = this.#arrivals?.read();
    return {
      ...counts,
      missing: missing - (finish.turns - finish.sent),
      foreign,
      socketDrops: socketDropCount(this.#socket) - dropsBefore,
      latency: arrivals?.latency ?? null,
      early: arrivals?.early ?? 0,
      cpuSeconds: cpuSecondsSince(cpuBefore),
    };
  }

  async #untilDrained(
    take: Parameters<DatagramReceiver['receive']>[0],
    account: SequenceAccount,
  ): Promise<FinishOrder> {
    let lastPacketAt = performance.now();
    let finishAt = Number.POSITIVE_INFINITY;
    for (;;) {
      const count = this.#receiver.receive(take);
      const now = performance.now();
      if (count > 0) lastPacketAt = now;
      if (count === batchPackets) continue;
      const finish = this.#finish;
      if (finish && finishAt === Number.POSITIVE_INFINITY) {
        lastPacketAt = now;
        finishAt = now + drainLimitMs;
      }
      const isOver = now > finishAt || now - lastPacketAt > quietMs;
      if (finish && (account.distinct >= finish.sent || isOver)) return finish;
      await sleep(pollIntervalMs);
    }
  }
}

await serveOrders<SinkInput>((input) => {
  const sink = new Sink(input);
  return async (order) => {
    if (order.kind === 'finish') return await sink.finish(order);
    if (order.kind !== 'receive') throw new Error(`a sink is not asked to ${order.kind}`);
    sink.receive(order);
    return 'receiving';
  };
});
