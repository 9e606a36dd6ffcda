// A packet that trafgen is given, and the spans that counters are read over.
import test from 'ava';
import { internetChecksum } from '../../../src/bench/children/framing.js';
import { countedFigures } from '../../../src/bench/tools/counted.js';
import { packetOf } from '../../../src/bench/tools/ground.js';
import { trafgen } from '../../../src/bench/tools/trafgen.js';

const ends = { generator: { address: '198.18.1.1' }, sink: { address: '198.19.1.1' } };
const macs = { source: '02:76:69:66:01:01', target: '02:76:69:66:01:04' };

test('a packet is as long as the load’s frames, and its checksum is right', (t) => {
  const frame = packetOf({ ...ends, macs }, 7_010, 22);
  t.is(frame.length, 64);
  t.is(frame.subarray(0, 14).toString('hex'), '0276696601040276696601010800');
  t.is(internetChecksum(frame, 14, 20), 0);
  t.is(frame.readUInt16BE(14 + 2), 50);
  t.is(frame.readUInt16BE(14 + 20 + 2), 7_010);
  t.deepEqual(packetOf({ ...ends, macs: null }, 7_010, 22), frame.subarray(14));
});

test('trafgen is given every byte of it, zeros at the end as one word, for one CPU alone', (t) => {
  const order = {
    packetsPerSecond: 1,
    payloadBytes: 2,
    seconds: 2,
    sinkAddress: '',
    port: 1,
    device: 'veth0',
    packet: Buffer.from([0, 0xc6, 0x13, 0, 0]),
    senderCpu: 3,
    receiverCpu: 0,
  };
  const command = trafgen.client(order);
  t.is(command.at(-1), 'cpu(3): { 0x0, 0xc6, 0x13, fill(0x0, 2) }');
  t.is(command[command.indexOf('-P') + 1], '4');
  t.is(trafgen.client({ ...order, packet: Buffer.from([1]), senderCpu: null }).at(-1), 'cpu(0): { 0x1 }');
});

test('a rate is counted where the tool was sending all the time', (t) => {
  const totals = [1_000, 1_000, 1_040, 1_140, 1_240, 1_340, 1_341, 1_341];
  const readings = totals.map((sent, at) => ({ atMs: at * 100, sent, received: sent - 1_000 }));
  const [before, after] = [
    { atMs: 0, sent: 1_000, received: 0 },
    { atMs: 900, sent: 1_400, received: 300 },
  ];
  t.deepEqual(countedFigures(readings, [before, after]), {
    countedSentPackets: 400,
    countedLostPackets: 100,
    countedLossRatio: 0.25,
    countedPacketsPerSecond: 1_000,
    countedReceivedPacketsPerSecond: 1_000,
  });
  t.like(countedFigures(readings.slice(0, 2), [before, before]), {
    countedLossRatio: null,
    countedPacketsPerSecond: null,
  });
});
