// Records as bytes: what is read of them, and where reading stops.
import test from 'ava';
import fc from 'fast-check';
import * as abi from '../../../src/abi/layout.js';
import { OutlierRing } from '../../../src/kernel/outlierRing.js';
import { memoryOf } from './memory.js';

const ringBytes = 4_096;
const headerBytes = 8;
const step = headerBytes + abi.outlier.size;
const busy = 0x8000_0000;
const discarded = 0x4000_0000;

/** A ring whose producer is played by put(). */
function makeRing(startAt = 0) {
  const [consumer, producer, data] = [memoryOf(ringBytes), memoryOf(ringBytes), memoryOf(2 * ringBytes)];
  let produced = startAt;
  Atomics.store(consumer.words64, 0, BigInt(startAt));
  Atomics.store(producer.words64, 0, BigInt(startAt));
  const ring = { consumer, producer, data, unmap: () => {} };
  const put = (record: Uint8Array, bits = 0) => {
    const at = produced % ringBytes;
    const bytes = new Uint8Array(headerBytes + record.length);
    new DataView(bytes.buffer).setUint32(0, (record.length | bits) >>> 0, true);
    bytes.set(record, headerBytes);
    // As the kernel maps it: each byte twice.
    bytes.forEach((byte, offset) => {
      data.bytes[(at + offset) % ringBytes] = byte;
      data.bytes[((at + offset) % ringBytes) + ringBytes] = byte;
    });
    produced += Math.ceil(bytes.length / 8) * 8;
    Atomics.store(producer.words64, 0, BigInt(produced));
    return at;
  };
  const finish = (at: number) => {
    for (const place of [at, at + ringBytes]) data.view.setUint32(place, abi.outlier.size, true);
  };
  return { reader: new OutlierRing(ring), put, finish, consumed: () => Number(consumer.words64[0]) };
}

type Field = Exclude<keyof typeof abi.outlier, 'size'>;

function record(values: Partial<Record<Field, number | bigint | readonly number[]>>): Uint8Array {
  const view = new DataView(new ArrayBuffer(abi.outlier.size));
  for (const [name, value] of Object.entries(values)) {
    const { offset, size } = abi.outlier[name as Field];
    const list = (Array.isArray(value) ? value : [value]) as readonly (number | bigint)[];
    list.forEach((item, place) => {
      for (let byte = 0; byte < size; byte++)
        view.setUint8(offset + place * size + byte, Number((BigInt(item) >> BigInt(8 * byte)) & 0xffn));
    });
  }
  return new Uint8Array(view.buffer);
}

const good = record({
  endNs: 5_000_000_000_000n,
  waitNs: 123_456,
  content: 0xaabb_ccdd_1122_3344n,
  wokenNs: 11,
  scheduledNs: 12,
  spentNs: [1, 2, 3, 4],
  ksoftirqdWokenNs: 21,
  ksoftirqdScheduledNs: 22,
  ksoftirqdState: abi.taskState.runnable,
  task: 4_711,
  length: 1_500,
  ahead: 9,
  queueLength: 500,
  device: 7,
  startCpu: 1,
  endCpu: 2,
  taskStartCpu: 3,
  // Network byte order.
  sourcePort: 0x3412,
  destinationPort: 0x7856,
  segment: abi.segment.ring,
  flags: abi.outlierFlag.start | abi.outlierFlag.task | abi.outlierFlag.inKsoftirqd,
  family: 4,
  protocol: 17,
  source: [198, 18, 0, 1],
  destination: [198, 19, 0, 255],
  comm: [...Buffer.from('socat')],
});

test('every field of a record', (t) => {
  const { reader, put } = makeRing();
  put(good);
  t.deepEqual(reader.read(), [
    {
      endNs: 5_000_000_000_000,
      waitNs: 123_456,
      contentHigh: 0xaabb_ccdd,
      contentLow: 0x1122_3344,
      device: 7,
      segment: 'ring',
      lengthBytes: 1_500,
      flow: {
        family: 4,
        protocol: 17,
        source: '198.18.0.1',
        destination: '198.19.0.255',
        sourcePort: 0x1234,
        destinationPort: 0x5678,
      },
      queueLength: 500,
      start: { aheadPackets: 9, cpu: 1 },
      endCpu: 2,
      task: {
        id: 4_711,
        name: 'socat',
        wokenNs: 11,
        scheduledNs: 12,
        wasStopped: false,
        during: { runningNs: 1, runnableNs: 2, sleepingNs: 3, stoppedNs: 4, startCpu: 3 },
      },
      ksoftirqd: { wokenNs: 21, scheduledNs: 22, isWaitingForCpu: true, isEnd: true },
    },
  ]);
});

test('what is not known is null: start, task, ksoftirqd, flow, length', (t) => {
  const { reader, put } = makeRing();
  put(record({ segment: abi.segment.driver, waitNs: 5 }));
  const [outlier] = reader.read();
  t.like(outlier, { segment: 'driver', start: null, ksoftirqd: null, flow: null, lengthBytes: null });
  t.is(outlier?.task.during, null);
});

test('IPv6 as it is usually written; no ports but of TCP and UDP', (t) => {
  const { reader, put } = makeRing();
  const source = [0xfd, ...Array(14).fill(0), 1];
  put(record({ segment: abi.segment.qdisc, family: 6, protocol: 58, source, sourcePort: 9 }));
  const [outlier] = reader.read();
  t.like(outlier?.flow, { source: 'fd00::1', destination: '::', sourcePort: null, protocol: 58 });
});

test('a record that is not finished stops the reading until it is', (t) => {
  const { reader, put, finish, consumed } = makeRing();
  put(good);
  const at = put(good, busy);
  put(good);
  t.is(reader.read().length, 1);
  t.is(consumed(), step);
  finish(at);
  t.is(reader.read().length, 2);
  t.is(consumed(), 3 * step);
});

test('records that were given up are left out', (t) => {
  const { reader, put } = makeRing();
  put(good, discarded);
  put(good);
  t.is(reader.read().length, 1);
});

test('a record of another length or of no segment is refused, and read on behind it', (t) => {
  const { reader, put } = makeRing();
  for (const [bytes, reason] of [
    [good.subarray(0, 64), /a record of 64 bytes, where this version has/],
    [record({ segment: 77 }), /in a segment that this version does not know/],
  ] as const) {
    put(bytes);
    t.throws(() => reader.read(), { message: reason });
    put(good);
    t.is(reader.read().length, 1);
  }
});

test('the ring goes round, from whatever place', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 60 }), (start, rounds) => {
      const { reader, put } = makeRing(start * 8);
      for (let round = 0; round < rounds; round++) {
        put(good);
        t.is(reader.read().length, 1);
      }
      t.deepEqual(reader.read(), []);
    }),
  );
});

test('any bytes at all are read to their end', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: abi.outlier.size, maxLength: abi.outlier.size }), (bytes) => {
      const { reader, put, consumed } = makeRing();
      put(bytes);
      try {
        t.is(reader.read().length, 1);
      } catch (error) {
        t.regex(String(error), /a segment that this version does not know/);
      }
      t.is(consumed(), step);
    }),
  );
});
