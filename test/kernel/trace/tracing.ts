// What tests of slow packets share: a path with a sender on it, a tracer that knows its devices, what it tells.
import { closeSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { inNetns } from '../../../src/libbpf/libc.js';
import { bindSocket, connectSocket, openDatagramSocket } from '../../../src/libbpf/sockets.js';
import type { Segment } from '../../../src/measure/segments.js';
import type { CauseName } from '../../../src/trace/causes.js';
import type { ReportedPacket, ReportedWait } from '../../../src/trace/report.js';
import { Tracer, tracePollMs } from '../../../src/tracer.js';

const socketBytes = 4 * 1024 * 1024;
const learnLimitMs = 5_000;
/** Far longer than a packet is held for what may still happen to it. */
const settleMs = 600;

/** Sends packets that all differ. @returns a function that sends so many, one after the other */
export function openSender(
  { generatorNetns, sinkNetns, sinkAddress, sinkPort }: BuiltPath,
  scope: Scope,
): (packets: number) => void {
  const openIn = (netns: string) => {
    const fd = inNetns(netns, () => openDatagramSocket(socketBytes));
    scope.cleanup.add('close a socket', () => closeSync(fd));
    return fd;
  };
  bindSocket(openIn(sinkNetns), sinkAddress, sinkPort);
  const fd = openIn(generatorNetns);
  connectSocket(fd, sinkAddress, sinkPort);
  const payload = Buffer.alloc(22);
  let sent = 0;
  return (packets) => {
    for (let packet = 0; packet < packets; packet++) {
      payload.writeUInt32BE(++sent);
      writeSync(fd, payload);
    }
  };
}

export interface Tracing {
  readonly tracer: Tracer;
  /** Waits for what is still held, and hands over all that was told since the last call. */
  told(): Promise<readonly ReportedPacket[]>;
  /** Lets so much time pass; a tracer is to be asked all along. */
  poll(durationMs: number): Promise<void>;
}

/** Traces these paths' devices once all of them are known; what was slow until then is not told. */
export async function startTracing(
  path: Pick<BuiltPath, 'devices'>,
  send: (packets: number) => void,
  slowerThanNs: number | null,
  scope: Scope,
): Promise<Tracing> {
  const include = path.devices.map(({ netns, device }) => `${netns}/${device}`);
  const tracer = new Tracer({ include, slowerThanNs });
  scope.cleanup.add('detach', () => tracer.close());
  const told: ReportedPacket[] = [];
  const untilMs = async (endMs: number, isEnough = () => false) => {
    while (performance.now() < endMs && !isEnough()) {
      told.push(...tracer.poll());
      await sleep(tracePollMs, undefined, { signal: scope.signal });
    }
  };
  await untilMs(performance.now() + learnLimitMs, () => {
    send(1);
    return tracer.devices.length === path.devices.length;
  });
  if (tracer.devices.length !== path.devices.length) throw new Error('the devices are not learnt');
  const poll = (durationMs: number) => untilMs(performance.now() + durationMs);
  const settled = async () => {
    await poll(settleMs);
    return told.splice(0);
  };
  await settled();
  return { tracer, told: settled, poll };
}

export const waitsIn = (packets: readonly ReportedPacket[], segment: Segment): readonly ReportedWait[] =>
  packets.flatMap(({ waits }) => waits.filter((wait) => wait.segment === segment));

/** The waits that have this cause, and what it says. */
export const withCause = (waits: readonly ReportedWait[], name: CauseName) =>
  waits.flatMap((wait) => {
    const cause = wait.causes.find(({ cause }) => cause === name);
    return cause ? [{ wait, cause, isMain: wait.causes[0] === cause }] : [];
  });
