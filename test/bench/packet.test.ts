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
  sentAtNs: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  frameBytes: fc.integer({ min: frameLimits.minBytes, max: frameLimits.maxBytes }),
});

test('a 64-byte frame leaves 22 bytes behind the UDP header', (t) => {
  t.is(payloadBytesOf(64), 22);
});

test('what is written is read back, in frames of every size', (t) => {
  fc.assert(
    fc.property(packets, ({ flow, sequence, sentAtNs, frameBytes }) => {
      const writer = new PacketWriter(flow, payloadBytesOf(frameBytes));
      writer.stamp(sequence, sentAtNs);
      t.is(writer.bytes.length, payloadBytesOf(frameBytes));
      t.deepEqual(decodePacket(writer.bytes), { flow, sequence, sentAtNs });
    }),
  );
});

test('a packet is found at any offset of a receive buffer, and only by its own flow', (t) => {
  fc.assert(
    fc.property(packets, fc.nat(100), ({ flow, sequence, sentAtNs }, offset) => {
      const writer = new PacketWriter(flow, payloadBytesOf(frameLimits.minBytes));
      writer.stamp(sequence, sentAtNs);
      const buffer = Buffer.concat([Buffer.alloc(offset, 0xff), writer.bytes]);
      t.is(sequenceOf(buffer, offset, writer.bytes.length, flow), sequence);
      t.is(sequenceOf(buffer, offset, writer.bytes.length, (flow + 1) % 2 ** 32), null);
    }),
  );
});

test('strangers and stumps are none of ours', (t) => {
  const writer = new PacketWriter(1, payloadBytesOf(frameLimits.minBytes));
  t.is(sequenceOf(writer.bytes, 0, 19, 1), null);
  t.is(decodePacket(writer.bytes.subarray(0, 19)), null);
  t.is(decodePacket(Buffer.alloc(22)), null);
  t.is(sequenceOf(Buffer.alloc(22), 0, 22, 0), null);
});
