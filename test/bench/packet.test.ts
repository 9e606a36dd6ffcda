import test from 'ava';
import fc from 'fast-check';
import {
  decodePacket,
  frameLimits,
  maxSequence,
  PacketWriter,
  payloadBytesOf,
  sequenceOf,
} from '../../src/bench/packet.js';

const packets = fc.record({
  flow: fc.nat(0xffffffff),
  sequence: fc.nat(maxSequence),
  scheduledNs: fc.maxSafeNat(),
  frameBytes: fc.integer({ min: frameLimits.minBytes, max: frameLimits.maxBytes }),
});

/** A payload of ours. */
function written(flow: number, sequence: number, scheduledNs: number, frameBytes: number): Buffer {
  const payload = Buffer.alloc(payloadBytesOf(frameBytes));
  const writer = new PacketWriter(payload);
  writer.prepare(0, flow);
  writer.stamp(0, sequence, scheduledNs);
  return payload;
}

test('a 64-byte frame leaves 22 bytes behind the UDP header', (t) => {
  t.is(payloadBytesOf(64), 22);
});

test('what is written is read back, in frames of every size', (t) => {
  fc.assert(
    fc.property(packets, ({ flow, sequence, scheduledNs, frameBytes }) => {
      const payload = written(flow, sequence, scheduledNs, frameBytes);
      t.is(payload.length, payloadBytesOf(frameBytes));
      t.deepEqual(decodePacket(payload), { flow, sequence, scheduledNs: BigInt(scheduledNs) });
    }),
  );
});

test('a packet is found at any offset of a receive buffer, and only by its own flow', (t) => {
  fc.assert(
    fc.property(packets, fc.nat(100), ({ flow, sequence, scheduledNs }, offset) => {
      const payload = written(flow, sequence, scheduledNs, frameLimits.minBytes);
      const buffer = Buffer.concat([Buffer.alloc(offset, 0xff), payload]);
      t.is(sequenceOf(buffer, offset, payload.length, flow), sequence);
      t.is(sequenceOf(buffer, offset, payload.length, (flow + 1) % 2 ** 32), null);
    }),
  );
});

test('strangers and stumps are none of ours', (t) => {
  const payload = written(1, 0, 0, frameLimits.minBytes);
  t.is(sequenceOf(payload, 0, 19, 1), null);
  t.is(decodePacket(payload.subarray(0, 19)), null);
  t.is(decodePacket(Buffer.alloc(22)), null);
  t.is(sequenceOf(Buffer.alloc(22), 0, 22, 0), null);
});
