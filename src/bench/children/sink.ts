// Child program, the end of a path: receives a flow and accounts for it by sequence number.
import { setTimeout as sleep } from 'node:timers/promises';
import { inNetns } from '../../libbpf/libc.js';
import { bindSocket, DatagramReceiver, openDatagramSocket, socketDropCount } from '../../libbpf/sockets.js';
import { sequenceOf } from '../packet.js';
import { SequenceAccount } from '../sequenceAccount.js';
import { cpuSecondsSince, onInstruction, runChild, say } from './channel.js';
import type { SinkInput, SinkResult } from './messages.js';

/** Seconds of small packets: the sink may lose the CPU to the path it ends, but no packet. */
const socketBufferBytes = 256 * 1024 * 1024;
const batchPackets = 1024;
/** Between polls: spinning would take the CPU from the forwarder or the guest. */
const pollIntervalMs = 1;
/** Nothing for that long after the last packet was sent: what is missing is lost. */
const quietMs = 300;
const drainLimitMs = 5000;

await runChild<SinkInput>(async ({ netns, address, port, flow, packets, payloadBytes }) => {
  const socket = inNetns(netns, () => openDatagramSocket(socketBufferBytes));
  bindSocket(socket, address, port);
  const receiver = new DatagramReceiver(socket, batchPackets, payloadBytes);
  const account = new SequenceAccount(packets);
  let foreign = 0;
  const take = (data: Buffer, offset: number, byteLength: number) => {
    const sequence = sequenceOf(data, offset, byteLength, flow);
    if (sequence === null || !account.take(sequence)) foreign++;
  };

  let sent: number | null = null;
  let finishAt = Number.POSITIVE_INFINITY;
  let lastPacketAt = performance.now();
  onInstruction((instruction) => {
    sent = instruction.sent;
    lastPacketAt = performance.now();
    finishAt = lastPacketAt + drainLimitMs;
  });
  await say({ kind: 'ready' });
  const cpuBefore = process.cpuUsage();

  const drained = (now: number, finalCount: number) =>
    account.distinct >= finalCount || now > finishAt || now - lastPacketAt > quietMs;
  for (;;) {
    const count = receiver.receive(take);
    const now = performance.now();
    if (count > 0) lastPacketAt = now;
    if (count === batchPackets) continue;
    if (sent !== null && drained(now, sent)) break;
    await sleep(pollIntervalMs);
  }
  const result: SinkResult = {
    ...account.summary(sent),
    foreign,
    socketDrops: socketDropCount(socket),
    cpuSeconds: cpuSecondsSince(cpuBefore),
  };
  return result;
});
