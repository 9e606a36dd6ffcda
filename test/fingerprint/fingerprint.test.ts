// The programs' parser on odd packets by the thousand. Catches: a read beyond the packet, an answer that depends on what lies
// behind it, two packets taken for one, and one packet taken for two because of what is rewritten on its way.
import fc from 'fast-check';
import * as p from '../kernel/journeys/packets.js';
import { anyPacket, holdings, type Network, wellFormed } from './arbitraryPackets.js';
import { meaningOf } from './meaning.js';
import { type Parser, parserTest } from './userSpaceParser.js';

const { protocols: proto, ethertypes: ether } = p;
const fillers = [0, 0xff, 0x45] as const;
const holders = Object.values(holdings);

/** The content of each packet, the same however it is held and whatever lies around it. */
function contentsOf(ask: Parser, packets: readonly Network[]): bigint[] {
  const answers = fillers.map((filler) =>
    ask(
      packets.flatMap((packet) => holders.map((hold) => hold(packet))),
      filler,
    ),
  );
  return packets.map((packet, at) => {
    const own = answers.flatMap((all) => all.slice(at * holders.length, (at + 1) * holders.length));
    const [first] = own;
    const shown = () => `${packet.ethertype.toString(16)} ${packet.packet.toString('hex')}`;
    if (first === undefined || own.some(({ hasStrayed }) => hasStrayed))
      throw new Error(`read beyond the end of ${shown()}`);
    if (own.some(({ content }) => content !== first.content))
      throw new Error(`${own.map(({ content }) => content.toString(16))} of one packet: ${shown()}`);
    return first.content;
  });
}

const shownOf = ({ ethertype, packet }: Network) => `${ethertype.toString(16)} ${packet.toString('hex')}`;

parserTest('two packets have one content if and only if they mean the same', (t, ask) => {
  const property = fc.property(
    fc.array(anyPacket, { minLength: 2, maxLength: 60, size: 'max' }),
    (packets) => {
      const contents = contentsOf(ask, packets);
      const byMeaning = new Map<string, bigint>();
      const byContent = new Map<bigint, string>();
      for (const [at, network] of packets.entries()) {
        const content = contents[at] ?? 0n;
        const meaning = meaningOf(network.ethertype, network.packet);
        if ((meaning === null) !== (content === 0n))
          throw new Error(`${shownOf(network)} means ${meaning}, but its content is ${content}`);
        if (meaning === null) continue;
        if ((byMeaning.get(meaning) ?? content) !== content) throw new Error(`two contents for ${meaning}`);
        if ((byContent.get(content) ?? meaning) !== meaning)
          throw new Error(`one content for ${meaning} and ${byContent.get(content)}`);
        byMeaning.set(meaning, content);
        byContent.set(content, meaning);
      }
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 400, includeErrorInReport: true }));
});

/** What routers, guests and checksum offload do to a packet. */
function rewritten({ ethertype, packet }: Network, value: number): Network {
  const changed = Buffer.from(packet);
  if (ethertype === ether.ipv4) {
    changed[1] = value;
    changed[8] = value;
    changed.writeUInt16BE(value * 257, 10);
    changed.copy(changed, 12, 16, 20);
    packet.copy(changed, 16, 12, 16);
  } else {
    changed.writeUInt32BE(0x6000_0000 + value * 4_099, 0);
    changed[7] = value;
    changed.copy(changed, 8, 24, 40);
    packet.copy(changed, 24, 8, 24);
  }
  return { ethertype, packet: changed };
}

parserTest(
  'a packet cut off anywhere is none, or the same as the whole; nothing of it is made up',
  (t, ask) => {
    const property = fc.property(wellFormed, (whole) => {
      const cuts = Array.from({ length: whole.packet.length + 1 }, (_, length) => ({
        ...whole,
        packet: whole.packet.subarray(0, length),
      }));
      const contents = contentsOf(ask, cuts);
      const last = contents.at(-1) ?? 0n;
      const wrong = contents.findIndex((content) => content !== 0n && content !== last);
      const unsettled = contents.findIndex((content, at) => content !== 0n && contents[at + 1] === 0n);
      if (wrong >= 0 || unsettled >= 0) throw new Error(`${shownOf(whole)} cut after ${wrong} ${unsettled}`);
    });
    t.notThrows(() => fc.assert(property, { numRuns: 150, includeErrorInReport: true }));
  },
);

parserTest(
  'what is rewritten on the way does not count: addresses turned round, TTL, class, checksum',
  (t, ask) => {
    const flow = fc.record({
      pair: fc.record({ source: fc.nat(9), destination: fc.nat(9) }),
      sequence: fc.nat(0xffff_ffff),
      data: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      isIpv4: fc.boolean(),
      value: fc.integer({ min: 1, max: 255 }),
    });
    const property = fc.property(flow, ({ pair, sequence, data, isIpv4, value }) => {
      const make = (number: number, ports: p.Ends): Network => {
        const carried = p.tcp(data, { ...ports, sequence: number });
        return isIpv4
          ? { ethertype: ether.ipv4, packet: p.ipv4(proto.tcp, carried) }
          : { ethertype: ether.ipv6, packet: p.ipv6(proto.tcp, carried) };
      };
      const one = make(sequence, pair);
      const other = rewritten(make(sequence, p.reversed(pair)), value);
      const next = make((sequence + 1) % 2 ** 32, pair);
      const [content, again, following] = contentsOf(ask, [one, other, next]);
      return content !== 0n && content === again && content !== following;
    });
    t.notThrows(() => fc.assert(property, { numRuns: 300, includeErrorInReport: true }));
  },
);

const ipv4With = (at: number, value: number): Buffer => {
  const packet = p.ipv4(proto.udp, p.udp(Buffer.alloc(30, 7)));
  packet[at] = value;
  return packet;
};
const loop6 = (headers: number, eights: number): Buffer => {
  const whole = p.ipv6(proto.hopOptions, Buffer.alloc(headers * 8));
  for (let at = 0; at < headers; at++) {
    whole[40 + at * 8] = proto.hopOptions;
    whole[41 + at * 8] = eights;
  }
  return whole;
};

const unrecognisable: Readonly<Record<string, Network>> = {
  ...Object.fromEntries(
    [0, 1, 2, 3, 4].map((words) => [
      `IPv4 whose header is ${words} words long`,
      { ethertype: ether.ipv4, packet: ipv4With(0, 0x40 | words) },
    ]),
  ),
  'IPv4 shorter by its own account than its header': { ethertype: ether.ipv4, packet: ipv4With(3, 19) },
  'TCP of four bytes and padding': {
    ethertype: ether.ipv4,
    packet: Buffer.concat([p.ipv4(proto.tcp, Buffer.alloc(4)), Buffer.alloc(40)]),
  },
  'extension headers that go on for ever': { ethertype: ether.ipv6, packet: loop6(40, 0) },
  'an extension header of 2,048 bytes in a short packet': { ethertype: ether.ipv6, packet: loop6(10, 255) },
  'a fragment header in the padding': {
    ethertype: ether.ipv6,
    packet: Buffer.concat([p.ipv6(proto.fragment, Buffer.alloc(4)), Buffer.alloc(40)]),
  },
  'nothing at all': { ethertype: ether.ipv6, packet: Buffer.alloc(0) },
};

parserTest('malformed headers have no content', (t, ask) => {
  for (const [what, network] of Object.entries(unrecognisable))
    t.deepEqual(contentsOf(ask, [network]), [0n], what);
});

parserTest('no ethertype but those of IP has a content', (t, ask) => {
  const packet = p.ipv4(proto.udp, p.udp(Buffer.alloc(30, 7)));
  const all = Array.from({ length: 0x10000 }, (_, ethertype) => holdings.tunSent({ ethertype, packet }));
  const isIp = (ethertype: number) => [0x0800, 0x86dd, 0x8100, 0x88a8].includes(ethertype);
  const answers = ask(all, 0);
  t.false(answers.some(({ content }, ethertype) => !isIp(ethertype) && content !== 0n));
  t.not(answers[ether.ipv4]?.content, 0n);
});
