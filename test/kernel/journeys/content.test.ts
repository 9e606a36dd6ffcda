// What counts as the same packet: written to a tap, each packet's content is read back from the ring of events.
// Catches: a field in the fingerprint that is rewritten on the way (no leg would ever be found), and one that is left
// out of it (two packets would be taken for one).

import { sampleUpTo } from '../../../src/journey/sampling.js';
import { EventRing } from '../../../src/kernel/eventRing.js';
import { followingRingBytes } from '../../../src/kernel/follower.js';
import { waitUntil } from '../../bench/realHost.js';
import { type Ground, groundTest } from '../devices/ground.js';
import { UserDevice } from '../devices/links.js';
import { startMetering } from '../intervals/metering.js';
import * as p from './packets.js';

const { protocols: proto, ethertypes: ether, echo } = p;
const payload = Buffer.from('0123456789abcdefghij');
const long = Buffer.alloc(200, 'x');
const turned = { source: 0xc613_0101, destination: 0xc612_0101 };
const turnedPorts = { source: 7_002, destination: 7_001 };

const udp4 = p.frame(ether.ipv4, p.ipv4(proto.udp, p.udp(payload)));
const tcp4 = p.frame(ether.ipv4, p.ipv4(proto.tcp, p.tcp(payload)));
const udp6 = p.frame(ether.ipv6, p.ipv6(proto.udp, p.udp(payload)));
const ping4 = p.frame(ether.ipv4, p.ipv4(proto.icmp, p.icmp(echo.request, 0x1234_0001)));
const ping6 = p.frame(ether.ipv6, p.ipv6(proto.icmpv6, p.icmp(echo.request6, 0x1234_0001)));
const fragment4 = (identification: number, fragment: number) =>
  p.frame(ether.ipv4, p.ipv4(proto.udp, long, { identification, fragment }));
const inIpv4 = (given: p.Ipv4, given2: Parameters<typeof p.udp>[1] = {}) =>
  p.frame(ether.ipv4, p.ipv4(proto.udp, p.udp(payload, given2), given));

type Pair = readonly [what: string, one: Buffer, other: Buffer];

const same: readonly Pair[] = [
  ['TTL', udp4, inIpv4({ ttl: 3 })],
  ['class of service', udp4, inIpv4({ service: 0xb8 })],
  ['IP identification of a whole packet', udp4, inIpv4({ identification: 77, fragment: 0x4000 })],
  ['checksum', udp4, inIpv4({}, { checksum: 0xbeef })],
  ['options', udp4, inIpv4({ options: Buffer.alloc(8, 1) })],
  ['an echo of it', udp4, inIpv4(turned, turnedPorts)],
  ['a VLAN tag', udp4, p.tagged(5, ether.ipv4, p.ipv4(proto.udp, p.udp(payload)))],
  [
    'what follows the first 16 bytes',
    udp4,
    p.frame(ether.ipv4, p.ipv4(proto.udp, p.udp(Buffer.from('0123456789abcdefXXXX')))),
  ],
  [
    'hop limit and flow label',
    udp6,
    p.frame(ether.ipv6, p.ipv6(proto.udp, p.udp(payload), { hopLimit: 2, flowLabel: 5 })),
  ],
  [
    'extension headers',
    udp6,
    p.frame(
      ether.ipv6,
      p.ipv6(
        proto.hopOptions,
        p.extension(proto.destinationOptions, 1, p.extension(proto.udp, 3, p.udp(payload))),
      ),
    ),
  ],
  ['window of TCP', tcp4, p.frame(ether.ipv4, p.ipv4(proto.tcp, p.tcp(payload, { window: 9 })))],
  [
    'PSH, and a part of a longer segment',
    tcp4,
    p.frame(ether.ipv4, p.ipv4(proto.tcp, p.tcp(long, { flags: 0x18 }))),
  ],
  [
    'the reply to a ping',
    ping4,
    p.frame(ether.ipv4, p.ipv4(proto.icmp, p.icmp(echo.reply, 0x1234_0001), turned)),
  ],
  [
    'the reply to a ping of IPv6',
    ping6,
    p.frame(ether.ipv6, p.ipv6(proto.icmpv6, p.icmp(echo.reply6, 0x1234_0001), turned)),
  ],
  [
    'TTL of a fragment',
    fragment4(7, 0x2000),
    p.frame(ether.ipv4, p.ipv4(proto.udp, long, { identification: 7, fragment: 0x2000, ttl: 9 })),
  ],
];

const different: readonly Pair[] = [
  ['an address', udp4, inIpv4({ source: 0xc612_0102 })],
  ['a port', udp4, inIpv4({}, { source: 7_003 })],
  ['addresses and ports turned by halves', udp4, inIpv4(turned)],
  [
    'the first byte',
    udp4,
    p.frame(ether.ipv4, p.ipv4(proto.udp, p.udp(Buffer.from('1123456789abcdefghij')))),
  ],
  ['the 16th byte', udp4, p.frame(ether.ipv4, p.ipv4(proto.udp, p.udp(Buffer.from('0123456789abcdeXghij'))))],
  ['the length', udp4, p.frame(ether.ipv4, p.ipv4(proto.udp, p.udp(payload.subarray(0, 19))))],
  [
    'one byte more of the same',
    p.frame(ether.ipv4, p.ipv4(proto.udp, p.udp(Buffer.from('aaa')))),
    p.frame(ether.ipv4, p.ipv4(proto.udp, p.udp(Buffer.from('aaaa')))),
  ],
  [
    'the 9th of 9 bytes',
    p.frame(ether.ipv4, p.ipv4(proto.udp, p.udp(Buffer.from('aaaaaaaab')))),
    p.frame(ether.ipv4, p.ipv4(proto.udp, p.udp(Buffer.from('aaaaaaaac')))),
  ],
  ['the protocol', udp4, p.frame(ether.ipv4, p.ipv4(proto.esp, p.udp(payload)))],
  ['the version of IP', udp4, udp6],
  ['the sequence number', tcp4, p.frame(ether.ipv4, p.ipv4(proto.tcp, p.tcp(payload, { sequence: 2 })))],
  [
    'the acknowledgement',
    tcp4,
    p.frame(ether.ipv4, p.ipv4(proto.tcp, p.tcp(payload, { acknowledgement: 2 }))),
  ],
  ['data or none', tcp4, p.frame(ether.ipv4, p.ipv4(proto.tcp, p.tcp(Buffer.alloc(0))))],
  ['SYN', tcp4, p.frame(ether.ipv4, p.ipv4(proto.tcp, p.tcp(payload, { flags: 0x12 })))],
  [
    'the sequence of a ping',
    ping4,
    p.frame(ether.ipv4, p.ipv4(proto.icmp, p.icmp(echo.request, 0x1234_0002))),
  ],
  ['a ping and an error', ping4, p.frame(ether.ipv4, p.ipv4(proto.icmp, p.icmp(3, 0x1234_0001, long)))],
  ['the identification of a fragment', fragment4(7, 0x2000), fragment4(8, 0x2000)],
  ['the offset of a fragment', fragment4(7, 0x2000), fragment4(7, 0x2010)],
  [
    'fragments of IPv6',
    p.frame(ether.ipv6, p.ipv6(proto.fragment, p.fragment6(proto.udp, 1, 0, long))),
    p.frame(ether.ipv6, p.ipv6(proto.fragment, p.fragment6(proto.udp, 2, 0, long))),
  ],
];

const unrecognisable: Readonly<Record<string, Buffer>> = {
  ARP: p.frame(ether.arp, Buffer.alloc(46)),
  'a header that is cut off': p.frame(ether.ipv4, p.ipv4(proto.udp, p.udp(payload)).subarray(0, 14)),
  'a length that is a lie': p.frame(ether.ipv4, p.ipv4(proto.udp, Buffer.alloc(3))),
};

/** Content by content, as the hooks of a tap see what is written to it. */
async function openTap(ground: Ground) {
  const netns = await ground.netns();
  const { meter, attachment } = startMetering(ground, [netns], { eventBytes: followingRingBytes });
  const tap = await UserDevice.add(ground, 'tap', netns, 'tap0', 1);
  const virtioNetHeader = Buffer.alloc(10);
  const write = (frame: Buffer) => tap.write(Buffer.concat([virtioNetHeader, frame]));
  const isLearnt = () => {
    write(udp4);
    return meter.devices.length === 1;
  };
  if (!(await waitUntil(isLearnt, 5))) throw new Error('not learnt');
  const ring = new EventRing(attachment.memory.events);
  meter.control.sampleUpTo = sampleUpTo(1);
  const contents: string[] = [];
  const read = () =>
    ring.read((_time, high, low) => contents.push(`${high.toString(16)}:${low.toString(16)}`));
  /** null: none. Each packet passes two hooks, where user space hands it over and where it is received. */
  const contentOf = async (frame: Buffer): Promise<string | null> => {
    const { control } = meter;
    const before = control.eventsWithoutContent;
    contents.length = 0;
    write(frame);
    const isDone = () => {
      read();
      return contents.length + control.eventsWithoutContent - before === 2;
    };
    if (!(await waitUntil(isDone, 5))) throw new Error(`${contents.length} events`);
    const [first = null, second = null] = contents;
    if (first !== second) throw new Error(`the content is ${first} at one hook, ${second} at the other`);
    return first;
  };
  return contentOf;
}

groundTest('a packet is the same on every device, whatever is rewritten on the way', async (t, ground) => {
  const contentOf = await openTap(ground);
  for (const [what, one, other] of same) {
    const content = await contentOf(one);
    t.not(content, null, what);
    t.is(await contentOf(other), content, what);
  }
});

groundTest('packets that differ in what tells them apart are not taken for one', async (t, ground) => {
  const contentOf = await openTap(ground);
  const all = new Map<string | null, string>();
  for (const [what, one, other] of different) {
    const contents = [await contentOf(one), await contentOf(other)];
    t.false(contents.includes(null), what);
    t.not(contents[0], contents[1], what);
    all.set(contents[1] ?? null, what);
  }
  t.is(all.size, different.length, 'nor does any of them collide with another');
});

groundTest('what has no content to recognise is counted, and nothing is told of it', async (t, ground) => {
  const contentOf = await openTap(ground);
  for (const [what, frame] of Object.entries(unrecognisable)) t.is(await contentOf(frame), null, what);
});
