// Reads the ring of slow packets. They are few, so each becomes an object.
import * as abi from '../abi/layout.js';
import type { MappedRing } from '../libbpf/memory.js';
import { type Segment, segments } from '../measure/segments.js';
import type { Flow, Ksoftirqd, Outlier, Task } from '../trace/outlier.js';
import { RecordRing } from './recordRing.js';

const record = abi.outlier;

export class OutlierRing {
  readonly #ring: RecordRing;
  readonly #data: MappedRing['data'];

  constructor(ring: MappedRing) {
    this.#ring = new RecordRing(ring, { name: 'slow packets', recordBytes: record.size });
    this.#data = ring.data;
  }

  /** Takes every finished record in its order. @throws VifscopeError FAILED, see RecordRing */
  read(): Outlier[] {
    const outliers: Outlier[] = [];
    this.#ring.read((at) => {
      const outlier = outlierAt(this.#data.view, at);
      if (outlier === null) return 'a slow packet in a segment that this version does not know';
      outliers.push(outlier);
      return null;
    });
    return outliers;
  }
}

const segmentNames = new Map<number, Segment>(segments.map(({ name }) => [abi.segment[name], name]));

/** The record at this byte; null: it is of no segment that there is. */
export function outlierAt(view: DataView, at: number): Outlier | null {
  const u8 = (field: { offset: number }) => view.getUint8(at + field.offset);
  const u16 = (field: { offset: number }) => view.getUint16(at + field.offset, true);
  const u32 = (field: { offset: number }) => view.getUint32(at + field.offset, true);
  const u64 = (field: { offset: number }) => Number(view.getBigUint64(at + field.offset, true));
  const segment = segmentNames.get(u8(record.segment));
  if (segment === undefined) return null;
  const flags = u8(record.flags);
  const hasStart = (flags & abi.outlierFlag.start) !== 0;
  return {
    endNs: u64(record.endNs),
    waitNs: u64(record.waitNs),
    contentLow: u32(record.content),
    contentHigh: view.getUint32(at + record.content.offset + 4, true),
    device: u16(record.device),
    segment,
    lengthBytes: u32(record.length) || null,
    flow: flowAt(view, at),
    queueLength: u32(record.queueLength),
    start: hasStart ? { aheadPackets: u32(record.ahead), cpu: u16(record.startCpu) } : null,
    endCpu: u16(record.endCpu),
    task: taskAt(view, at, flags),
    ksoftirqd: ksoftirqdAt(view, at, (flags & abi.outlierFlag.inKsoftirqd) !== 0),
  };
}

function taskAt(view: DataView, at: number, flags: number): Task {
  const u64 = (offset: number) => Number(view.getBigUint64(at + offset, true));
  const spentNs = (state: keyof typeof abi.taskState) =>
    u64(record.spentNs.offset + abi.taskState[state] * record.spentNs.size);
  return {
    id: view.getUint32(at + record.task.offset, true),
    name: textAt(view, at + record.comm.offset, record.comm.count),
    wokenNs: u64(record.wokenNs.offset),
    scheduledNs: u64(record.scheduledNs.offset),
    wasStopped: (flags & abi.outlierFlag.wasStopped) !== 0,
    during:
      flags & abi.outlierFlag.task
        ? {
            runningNs: spentNs('running'),
            runnableNs: spentNs('runnable'),
            sleepingNs: spentNs('sleeping'),
            stoppedNs: spentNs('stopped'),
            startCpu: view.getUint16(at + record.taskStartCpu.offset, true),
          }
        : null,
  };
}

function ksoftirqdAt(view: DataView, at: number, isEnd: boolean): Ksoftirqd | null {
  const wokenNs = Number(view.getBigUint64(at + record.ksoftirqdWokenNs.offset, true));
  const scheduledNs = Number(view.getBigUint64(at + record.ksoftirqdScheduledNs.offset, true));
  if (wokenNs === 0 && scheduledNs === 0) return null;
  const state = view.getUint32(at + record.ksoftirqdState.offset, true);
  return { wokenNs, scheduledNs, isWaitingForCpu: state === abi.taskState.runnable, isEnd };
}

const protocolsWithPorts = [6, 17];

function flowAt(view: DataView, at: number): Flow | null {
  const family = view.getUint8(at + record.family.offset);
  if (family !== 4 && family !== 6) return null;
  const protocol = view.getUint8(at + record.protocol.offset);
  const address = (field: { offset: number }) => addressText(view, at + field.offset, family);
  const port = (field: { offset: number }) =>
    protocolsWithPorts.includes(protocol) ? view.getUint16(at + field.offset) : null;
  return {
    family,
    protocol,
    source: address(record.source),
    destination: address(record.destination),
    sourcePort: port(record.sourcePort),
    destinationPort: port(record.destinationPort),
  };
}

function addressText(view: DataView, at: number, family: 4 | 6): string {
  if (family === 4) return [0, 1, 2, 3].map((byte) => view.getUint8(at + byte)).join('.');
  const groups = Array.from({ length: 8 }, (_, group) => view.getUint16(at + 2 * group).toString(16));
  // The URL parser shortens the longest run of zeros, as RFC 5952 has it.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function textAt(view: DataView, at: number, bytes: number): string {
  const text = Buffer.from(view.buffer, view.byteOffset + at, bytes);
  const end = text.indexOf(0);
  return text.toString('utf8', 0, end < 0 ? bytes : end);
}
