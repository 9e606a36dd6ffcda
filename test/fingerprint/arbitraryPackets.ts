// Packets for a fuzzer: mostly well formed and much alike, so that near misses are common, then spoilt.
import fc from 'fast-check';
import * as p from '../kernel/journeys/packets.js';
import type { Held } from './userSpaceParser.js';

const { protocols: proto, ethertypes: ether } = p;
const points = { sent: 1, received: 4 } as const;
const ethernetBytes = 14;
const tagBytes = 4;
const routing = 43;
/** In a header of IPv6: the last byte of the source's first half. */
const prefixEndsAt = 15;
const addressBytes = 16;

/** Few and alike in their bits: sums and differences of them coincide. */
const few = fc.integer({ min: 0, max: 7 });
const host = fc.tuple(few, few).map(([net, at]) => 0x0a00_0000 + net * 0x1_0000 + at);
const ends = fc.record({ source: host, destination: host });
const port = fc.tuple(few, few).map(([high, low]) => high * 0x100 + low);
const ports = fc.record({ source: port, destination: port });
const number32 = fc.oneof(fc.constantFrom(0, 1, 2, 0xffff_ffff), fc.integer({ min: 0, max: 0xffff_ffff }));
const payload = fc
  .array(fc.constantFrom(0, 0, 0, 1, 0xff), { maxLength: 24 })
  .map((bytes) => Buffer.from(bytes));

interface Carried {
  readonly protocol: number;
  readonly bytes: Buffer;
}

const carried: fc.Arbitrary<Carried> = fc.oneof(
  fc.tuple(ports, payload, fc.nat(0xffff)).map(([given, bytes, checksum]) => ({
    protocol: proto.udp,
    bytes: p.udp(bytes, { ...given, checksum }),
  })),
  fc
    .tuple(ports, payload, number32, number32, fc.nat(0xff), fc.nat(0xffff))
    .map(([given, bytes, sequence, acknowledgement, flags, window]) => ({
      protocol: proto.tcp,
      bytes: p.tcp(bytes, { ...given, sequence, acknowledgement, flags, window }),
    })),
  fc
    .tuple(
      fc.constantFrom(proto.icmp, proto.icmpv6),
      fc.constantFrom(0, 3, 8, 11, 128, 129),
      number32,
      payload,
    )
    .map(([protocol, type, rest, bytes]) => ({ protocol, bytes: p.icmp(type, rest, bytes) })),
  fc.tuple(fc.constantFrom(proto.esp, 47, 132), payload).map(([protocol, bytes]) => ({ protocol, bytes })),
);

/** From the network header on. */
export interface Network {
  readonly ethertype: number;
  readonly packet: Buffer;
}

const fragment = fc.constantFrom(0, 0, 0, 0, 0x4000, 0x2000, 0x00b9, 0x20b9);
const options = fc.nat(10).map((words) => Buffer.alloc(words * 4, 1));

const ipv4: fc.Arbitrary<Network> = fc
  .tuple(carried, ends, fc.nat(0xff), fc.nat(3), fragment, options)
  .map(([{ protocol, bytes }, given, ttl, identification, fragmented, words]) => ({
    ethertype: ether.ipv4,
    packet: p.ipv4(protocol, bytes, { ...given, ttl, identification, fragment: fragmented, options: words }),
  }));

/** Inside out: what each header is, and how many times eight bytes it has. */
const chain = fc.array(
  fc.tuple(
    fc.constantFrom(proto.hopOptions, routing, proto.destinationOptions, proto.fragment),
    fc.integer({ min: 1, max: 3 }),
  ),
  { maxLength: 7, size: 'max' },
);

const inChain = (within: Carried, headers: readonly (readonly [number, number])[]): Carried =>
  headers.reduce<Carried>(
    ({ protocol, bytes }, [header, eights]) => ({
      protocol: header,
      bytes:
        header === proto.fragment
          ? p.fragment6(protocol, eights, eights << 3, bytes)
          : p.extension(protocol, eights, bytes),
    }),
    within,
  );

const ipv6: fc.Arbitrary<Network> = fc
  .tuple(carried, fc.oneof(fc.constant([]), chain), ends, fc.tuple(few, few), fc.nat(0xff), fc.nat(0xfffff))
  .map(([within, headers, given, prefixes, hopLimit, flowLabel]) => {
    const { protocol, bytes } = inChain(within, headers);
    const packet = p.ipv6(protocol, bytes, { ...given, hopLimit, flowLabel });
    for (const [at, prefix] of prefixes.entries()) packet[prefixEndsAt + at * addressBytes] = prefix;
    return { ethertype: ether.ipv6, packet };
  });

export const wellFormed: fc.Arbitrary<Network> = fc.oneof(ipv4, ipv6);

/** What befalls a packet: bytes overwritten, its end lost, padding behind it. */
const damage = fc.oneof(
  fc
    .array(fc.tuple(fc.nat(80), fc.oneof(fc.constantFrom(0, 0xff), fc.nat(0xff))), {
      minLength: 1,
      maxLength: 4,
    })
    .map((writes) => (packet: Buffer) => {
      const damaged = Buffer.from(packet);
      for (const [at, value] of writes) if (at < damaged.length) damaged[at] = value;
      return damaged;
    }),
  fc.nat(90).map((length) => (packet: Buffer) => packet.subarray(0, length)),
  fc.tuple(fc.nat(40), fc.nat(0xff)).map(
    ([length, value]) =>
      (packet: Buffer) =>
        Buffer.concat([packet, Buffer.alloc(length, value)]),
  ),
);

const spoilt = fc
  .tuple(wellFormed, fc.array(damage, { minLength: 1, maxLength: 2 }))
  .map(([{ ethertype, packet }, damages]) => ({
    ethertype,
    packet: damages.reduce((whole, befall) => befall(whole), packet),
  }));

const noise: fc.Arbitrary<Network> = fc.record({
  ethertype: fc.oneof(fc.constantFrom(ether.ipv4, ether.ipv6, ether.arp, 0x8847), fc.nat(0xffff)),
  packet: fc.uint8Array({ maxLength: 120 }).map((bytes) => Buffer.from(bytes)),
});

/** A tag is no network header, and its type none of a packet. */
const isTag = ({ ethertype }: Network): boolean => ethertype === 0x8100 || ethertype === 0x88a8;

export const anyPacket: fc.Arbitrary<Network> = fc
  .oneof(
    { weight: 4, arbitrary: wellFormed },
    { weight: 4, arbitrary: spoilt },
    { weight: 1, arbitrary: noise },
  )
  .filter((network) => !isTag(network));

/** The ways in which one packet lies in an skb: on tun and tap, before and after the stack, tagged or not. */
export const holdings = {
  tunSent: ({ ethertype, packet }: Network): Held => ({
    frame: packet,
    protocol: ethertype,
    network: 0,
    data: 0,
    point: points.sent,
  }),
  received: ({ ethertype, packet }: Network): Held => ({
    frame: p.frame(ethertype, packet),
    protocol: ethertype,
    network: 0,
    data: ethernetBytes,
    point: points.received,
  }),
  sent: ({ ethertype, packet }: Network): Held => ({
    frame: p.frame(ethertype, packet),
    protocol: ethertype,
    network: ethernetBytes,
    data: 0,
    point: points.sent,
  }),
  taggedReceived: ({ ethertype, packet }: Network): Held => ({
    frame: p.tagged(5, ethertype, packet),
    protocol: 0x8100,
    network: 0,
    data: ethernetBytes,
    point: points.received,
  }),
  taggedSent: ({ ethertype, packet }: Network): Held => ({
    frame: p.tagged(6, ethertype, packet),
    protocol: 0x8100,
    network: ethernetBytes + tagBytes,
    data: 0,
    point: points.sent,
  }),
} as const satisfies Record<string, (network: Network) => Held>;
