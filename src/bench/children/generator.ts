// Child program, the start of a path: sends packets on a fixed schedule, whatever becomes of them (open loop).
// One write system call a packet: Node's own, since a foreign call costs more than the packet itself.
import { writeSync } from 'node:fs';
import { inNetns } from '../../libbpf/libc.js';
import { bindSocket, connectSocket, openDatagramSocket } from '../../libbpf/sockets.js';
import { PacketWriter } from '../packet.js';
import { cpuSecondsSince, runChild, say } from './channel.js';
import type { GeneratorInput, GeneratorResult } from './messages.js';

/** Large, so that queues on the path are what fills up and not the socket's own allowance. */
const socketBufferBytes = 64 * 1024 * 1024;
const lateAfterMs = 0.1;
/** A wait longer than this sleeps first; the rest is spun, for the timer's slack is 50 µs and more. */
const sleepAboveMs = 0.5;
const wakeEarlyMs = 0.2;
/** What is overdue when the time is up is still sent, for no longer than this. */
const overtimeMs = 100;

const sleepCell = new Int32Array(new SharedArrayBuffer(4));

function waitUntil(dueMs: number): number {
  let now = performance.now();
  if (dueMs - now > sleepAboveMs) Atomics.wait(sleepCell, 0, 0, dueMs - now - wakeEarlyMs);
  while (now < dueMs) now = performance.now();
  return now;
}

const wasRefused = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'ENOBUFS');

function offer(socket: number, packet: PacketWriter, input: GeneratorInput): GeneratorResult {
  const offered = Math.round(input.packetsPerSecond * input.durationSeconds);
  const intervalMs = 1000 / input.packetsPerSecond;
  let sent = 0;
  let refused = 0;
  let late = 0;
  let latestMs = 0;
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  const endMs = startMs + input.durationSeconds * 1000 + overtimeMs;
  for (let turn = 0; turn < offered; turn++) {
    const dueMs = startMs + turn * intervalMs;
    const now = waitUntil(dueMs);
    if (now > endMs) break;
    if (now - dueMs > lateAfterMs) late++;
    latestMs = Math.max(latestMs, now - dueMs);
    packet.stamp(sent, process.hrtime.bigint());
    try {
      writeSync(socket, packet.bytes);
      sent++;
    } catch (error) {
      if (!wasRefused(error)) throw error;
      refused++;
    }
  }
  const durationSeconds = Math.max(performance.now() - startMs, offered * intervalMs) / 1000;
  return {
    offered,
    sent,
    refused,
    late,
    latestMs,
    reachedPacketsPerSecond: sent / durationSeconds,
    durationSeconds,
    cpuSeconds: cpuSecondsSince(cpuBefore),
  };
}

await runChild<GeneratorInput>(async (input) => {
  const socket = inNetns(input.netns, () => openDatagramSocket(socketBufferBytes));
  bindSocket(socket, input.sourceAddress, input.sourcePort);
  connectSocket(socket, input.sinkAddress, input.sinkPort);
  await say({ kind: 'ready' });
  return offer(socket, new PacketWriter(input.flow, input.payloadBytes), input);
});
