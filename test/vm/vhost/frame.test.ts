import test from 'ava';
import { checksumOf, payloadOffset, udpFrame, virtioHeaderBytes } from './frame.js';

const from = { mac: '02:00:00:00:00:01', address: '198.18.0.1', port: 7006 };
const to = { mac: '02:00:00:00:00:02', address: '198.19.0.1', port: 7007 };
const ipAt = virtioHeaderBytes + 14;

test("the checksum is that of RFC 1071's example", (t) => {
  t.is(checksumOf(Buffer.from('0001f203f4f5f6f7', 'hex')), 0xffff & ~0xddf2);
});

for (const payload of ['', 'odd', 'even'])
  test(`a receiver's sums over a packet with "${payload}" come to zero`, (t) => {
    const frame = udpFrame(from, to, Buffer.from(payload));
    const ip = frame.subarray(ipAt);
    const udp = ip.subarray(20);
    const pseudoHeader = Buffer.concat([ip.subarray(12, 20), Buffer.from([0, 17]), udp.subarray(4, 6)]);
    t.is(checksumOf(ip.subarray(0, 20)), 0);
    t.is(checksumOf(Buffer.concat([pseudoHeader, udp])), 0);
    t.is(frame.toString('latin1', payloadOffset), payload);
  });

test('a packet bears who sends it to whom', (t) => {
  const frame = udpFrame(from, to, Buffer.alloc(0));
  t.is(frame.toString('hex', virtioHeaderBytes, ipAt), '02000000000202000000000108' + '00');
  t.is(frame.toString('hex', ipAt + 12, payloadOffset - 4), 'c6120001c61300011b5e1b5f');
});
