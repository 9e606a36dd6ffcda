// Plays recorded events back as a full ring of them, over and over, through the decoder, the correlator and the books of
// legs: what the daemon does with the kernel's own ring.
import { setImmediate as otherWork } from 'node:timers/promises';
import * as abi from '../../abi/layout.js';
import { Journeys, type SamplingControl } from '../../journey/journeys.js';
import { LegLedger } from '../../journey/legLedger.js';
import { EventRing } from '../../kernel/eventRing.js';
import type { MappedMemory, MappedRing } from '../../libbpf/memory.js';
import type { JourneyTotals } from '../../measure/snapshot.js';
import type { RecordedEvent, Recording } from './record.js';

const headerBytes = 8;
const recordBytes = headerBytes + abi.event.size;
/** A ring that a reading empties, so that no record is written over a boundary: half a second of 65,000 events a second. */
const ringBytes = 1024 * 1024;
const eventsARing = ringBytes / recordBytes;
const quietMs = 500;
/** Journeys of one round are over before the next begins. */
const pauseNs = 2 * quietMs * 1e6;
const expireIntervalNs = 200e6;

export interface Round {
  readonly events: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of the JavaScript heap and of buffers, when it ended. */
  readonly heapBytes: number;
  readonly bufferBytes: number;
  readonly residentBytes: number;
}

export interface Replayed {
  readonly rounds: readonly Round[];
  readonly summary: JourneyTotals;
  readonly legs: number;
}

/** The first round, in which the compiler finds its feet, is not among those returned. */
export async function replay(
  { events, devices }: Recording,
  rounds: number,
  signal: AbortSignal,
): Promise<Replayed> {
  const control: SamplingControl = { sampleUpTo: null, eventsLost: 0, eventsWithoutContent: 0 };
  const memory = ringMemory();
  const journeys = new Journeys(new EventRing(memory), control, { every: 1, quietMs });
  const ledger = new LegLedger((number) => devices.get(number) ?? null);
  journeys.add(ledger);
  const chunks = chunksOf(events);
  const [first, last] = [events[0]?.timeNs ?? 0, events.at(-1)?.timeNs ?? 0];
  const play = (round: number) => playRound(journeys, memory, chunks, round * (last - first + pauseNs));
  play(0);
  const played: Round[] = [];
  while (played.length < rounds) {
    await otherWork();
    signal.throwIfAborted();
    played.push(play(played.length + 1));
  }
  journeys.expire(Number.MAX_VALUE);
  const legs = ledger.lines().reduce((sum, { count }) => sum + count, 0);
  return { rounds: played, summary: journeys.totals, legs };
}

function playRound(
  journeys: Journeys,
  memory: MappedRing,
  chunks: readonly (readonly RecordedEvent[])[],
  shiftNs: number,
): Round {
  let [seconds, cpuMicroseconds, expiredNs] = [0, 0, 0];
  for (const chunk of chunks) {
    fill(memory, chunk, shiftNs);
    const nowNs = (chunk.at(-1)?.timeNs ?? 0) + shiftNs;
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    if (nowNs - expiredNs >= expireIntervalNs) {
      journeys.expire(nowNs);
      expiredNs = nowNs;
    } else journeys.poll();
    seconds += (performance.now() - startMs) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    cpuMicroseconds += user + system;
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return {
    events: chunks.length * eventsARing,
    seconds,
    cpuSeconds: cpuMicroseconds / 1e6,
    heapBytes: heapUsed,
    bufferBytes: arrayBuffers,
    residentBytes: rss,
  };
}

/** Whole rings of them; what is left over is left out. */
function chunksOf(events: readonly RecordedEvent[]): RecordedEvent[][] {
  const chunks = Math.floor(events.length / eventsARing);
  return Array.from({ length: chunks }, (_, at) => events.slice(at * eventsARing, (at + 1) * eventsARing));
}

function fill({ data, producer }: MappedRing, chunk: readonly RecordedEvent[], shiftNs: number): void {
  const { view } = data;
  for (const [index, { timeNs, contentHigh, contentLow, device, point }] of chunk.entries()) {
    const at = index * recordBytes;
    const event = at + headerBytes;
    view.setUint32(at, abi.event.size, true);
    view.setBigUint64(event + abi.event.timeNs.offset, BigInt(timeNs + shiftNs), true);
    view.setUint32(event + abi.event.content.offset, contentLow, true);
    view.setUint32(event + abi.event.content.offset + 4, contentHigh, true);
    view.setUint16(event + abi.event.device.offset, device, true);
    view.setUint8(event + abi.event.point.offset, point);
  }
  producer.words64[0] = (producer.words64[0] ?? 0n) + BigInt(ringBytes);
}

/** As long as the kernel's is mapped; its second half is not the first one again, for no record lies over the end. */
function ringMemory(): MappedRing {
  const [consumer, producer, data] = [memoryOf(8), memoryOf(8), memoryOf(2 * ringBytes)];
  return { consumer, producer, data, unmap: () => {} };
}

function memoryOf(byteLength: number): MappedMemory {
  const buffer = new ArrayBuffer(byteLength);
  return {
    bytes: new Uint8Array(buffer),
    words32: new Uint32Array(buffer),
    words64: new BigUint64Array(buffer),
    view: new DataView(buffer),
    unmap: () => {},
  };
}
