// Odd packets on real devices. Catches: a leg made up of packets that have none, a fragment or a proper packet that is missed
// among them, and a measurement that does not end as usual.
import { learn } from '../devices/figures.js';
import { groundTest } from '../devices/ground.js';
import { UserDevice } from '../devices/links.js';
import * as p from './packets.js';
import { openRelay } from './relay.js';

const { protocols: proto, ethertypes: ether } = p;
const noise = Buffer.alloc(60, 0xa5);
const datagram = p.ipv4(proto.udp, p.udp(Buffer.alloc(30, 7)));
const withByte = (packet: Buffer, at: number, value: number): Buffer => {
  const changed = Buffer.from(packet);
  changed[at] = value;
  return changed;
};

/** Packets of IP that have no content. */
const malformed: Readonly<Record<string, readonly [ethertype: number, packet: Buffer]>> = {
  'a header of two words': [ether.ipv4, withByte(datagram, 0, 0x42)],
  'a header that is cut off': [ether.ipv4, datagram.subarray(0, 13)],
  'a first byte and no more': [ether.ipv4, datagram.subarray(0, 1)],
  'options behind the end': [ether.ipv4, withByte(datagram.subarray(0, 24), 0, 0x4f)],
  'shorter by its own account than its header': [ether.ipv4, withByte(datagram, 3, 8)],
  'longer by its own account than it is': [ether.ipv4, withByte(datagram.subarray(0, 36), 2, 0xff)],
  'TCP of four bytes': [ether.ipv4, p.ipv4(proto.tcp, Buffer.alloc(4))],
  'UDP of five bytes': [ether.ipv4, p.ipv4(proto.udp, Buffer.alloc(5))],
  'extension headers for ever': [ether.ipv6, p.ipv6(proto.hopOptions, Buffer.alloc(160))],
  'an extension header of 2,048 bytes': [
    ether.ipv6,
    p.ipv6(proto.destinationOptions, withByte(Buffer.alloc(64), 1, 255)),
  ],
  'half a header of IPv6': [ether.ipv6, p.ipv6(proto.udp, noise).subarray(0, 20)],
};

/** Frames that are not of IP, or not of anything. */
const frames: Readonly<Record<string, Buffer>> = {
  ARP: p.frame(ether.arp, Buffer.alloc(46)),
  'an unknown ethertype': p.frame(0x88b5, noise),
  'a length in place of a type': p.frame(60, noise),
  'a header and nothing else': p.frame(ether.ipv4, Buffer.alloc(0)),
  'a VLAN tag in another': p.tagged(5, 0x8100, noise),
  'a VLAN tag that is cut off': p.frame(0x8100, Buffer.alloc(2)),
};

const virtioNetHeader = Buffer.alloc(10);
const datagrams = 40;
const fragmented = 5;
const fragmentsEach = 3;
const copies = 3;

groundTest('among malformed packets each proper one has its leg, and they have none', async (t, ground) => {
  const relay = await openRelay(ground);
  const tap = await UserDevice.add(ground, 'tap', relay.to, 'tap0', 3);
  const writeFrame = (frame: Buffer) => tap.write(Buffer.concat([virtioNetHeader, frame]));
  const measurement = ground.measure({ journeys: { every: 1, quietMs: 1_500 } });
  let nudges = 0;
  await learn(measurement, [...relay.devices, `${relay.to}/tap0`], () => {
    relay.send(1);
    relay.write(datagram);
    writeFrame(p.frame(ether.ipv4, datagram));
    nudges += 1;
  });
  await relay.pass(nudges);
  measurement.restart();

  const startMs = performance.now();
  let odd = 0;
  const writeOdd = () => {
    for (const [ethertype, packet] of Object.values(malformed)) {
      relay.write(packet);
      writeFrame(p.frame(ethertype, packet));
      odd += 2;
    }
    for (const frame of Object.values(frames)) {
      writeFrame(frame);
      odd += 1;
    }
  };
  for (let copy = 0; copy < copies; copy++) {
    writeOdd();
    relay.send(datagrams);
    writeOdd();
    await relay.pass(datagrams);
    relay.send(fragmented, 4_000);
    await relay.pass(fragmented * fragmentsEach);
  }
  const elapsedNs = (performance.now() - startMs) * 1e6;
  await measurement.finish();

  const { legs, journeys } = measurement.snapshot();
  const packets = copies * (datagrams + fragmented * fragmentsEach);
  const [from = '', to = ''] = relay.devices;
  t.deepEqual(legs.map(({ leg, count, ...ends }) => [leg, ends.from, ends.to, count]).toSorted(), [
    ['end_to_end', from, to, packets],
    ['forwarder', from, to, packets],
  ]);
  t.true(legs.every(({ maxNs }) => (maxNs ?? 0) <= elapsedNs));
  // Where user space hands it over, and where it is received.
  t.like(journeys, { begun: packets, whole: packets, ambiguous: 0, partial: 0, unrecognisable: 2 * odd });
});
