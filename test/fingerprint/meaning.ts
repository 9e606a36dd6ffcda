// What a packet's fingerprint means, said a second time and independently: which fields count. Two packets have the
// same content if and only if they have the same meaning here.
import { ethertypes, protocols } from '../kernel/journeys/packets.js';

const passedOver: readonly number[] = [0, 43, 60];
/** In front of what is carried; headers in a longer chain are not looked for. */
const mostExtensions = 5;
const mostCarried = 16;

/** Of what lies in one piece: from the network header on. @returns null: nothing to recognise it by */
export function meaningOf(ethertype: number, packet: Buffer): string | null {
  if (ethertype === ethertypes.ipv4) return meaningOfIpv4(packet);
  if (ethertype === ethertypes.ipv6) return meaningOfIpv6(packet);
  return null;
}

function meaningOfIpv4(packet: Buffer): string | null {
  if (packet.length < 20) return null;
  const headerBytes = (packet.readUInt8(0) & 15) * 4;
  const bytes = packet.readUInt16BE(2) - headerBytes;
  if (headerBytes < 20 || bytes < 0) return null;
  const ends = [12, 16].map((at) => `4:${packet.toString('hex', at, at + 4)}`);
  const protocol = packet.readUInt8(9);
  const fragment = packet.readUInt16BE(6);
  if (fragment & 0x3fff) return text('fragment', protocol, ends, packet.readUInt16BE(4), fragment);
  if (packet.length < headerBytes) return null;
  return meaningOfCarried(protocol, ends, packet.subarray(headerBytes), bytes);
}

function meaningOfIpv6(packet: Buffer): string | null {
  if (packet.length < 40) return null;
  const ends = [8, 24].map((at) => `6:${packet.toString('hex', at, at + 16)}`);
  let rest = packet.subarray(40);
  let bytes = packet.readUInt16BE(4);
  let next = packet.readUInt8(6);
  for (let passed = 0; passedOver.includes(next) || next === protocols.fragment; passed++) {
    if (bytes < 8 || rest.length < 8) return null;
    if (next === protocols.fragment)
      return text('fragment', next, ends, rest.readUInt32BE(4), rest.readUInt16BE(2));
    if (passed === mostExtensions) return null;
    const length = (rest.readUInt8(1) + 1) * 8;
    if (length > bytes || length > rest.length) return null;
    next = rest.readUInt8(0);
    rest = rest.subarray(length);
    bytes -= length;
  }
  return meaningOfCarried(next, ends, rest, bytes);
}

/** @param bytes how long it is by the packet's own account; `rest` may end before, or go on with padding */
function meaningOfCarried(
  protocol: number,
  ends: readonly string[],
  rest: Buffer,
  bytes: number,
): string | null {
  switch (protocol) {
    case protocols.tcp: {
      // Of the header, the first 16 bytes must lie in one piece.
      if (bytes < 20 || rest.length < 16) return null;
      const hasData = bytes > (rest.readUInt8(12) >> 4) * 4;
      const counted = [rest.readUInt32BE(4), rest.readUInt32BE(8), rest.readUInt8(13) & 6, hasData];
      return text('tcp', protocol, withPorts(ends, rest), ...counted);
    }
    case protocols.udp:
      if (bytes < 8 || rest.length < 8) return null;
      return carriedText('udp', protocol, withPorts(ends, rest), rest.subarray(8), bytes - 8);
    case protocols.icmp:
    case protocols.icmpv6: {
      if (bytes < 8 || rest.length < 8) return null;
      const type = rest.readUInt8(0);
      const echoes = protocol === protocols.icmp ? [0, 8] : [128, 129];
      if (echoes.includes(type)) return text('echo', protocol, ends, rest.readUInt32BE(4));
      return carriedText(`${type} ${rest.readUInt32BE(4)}`, protocol, ends, rest.subarray(8), bytes - 8);
    }
    default:
      return carriedText('carried', protocol, ends, rest, bytes);
  }
}

const withPorts = (ends: readonly string[], rest: Buffer): string[] =>
  ends.map((end, at) => `${end} ${rest.readUInt16BE(2 * at)}`);

function carriedText(
  what: string,
  protocol: number,
  ends: readonly string[],
  rest: Buffer,
  bytes: number,
): string | null {
  const counted = Math.min(bytes, mostCarried);
  if (rest.length < counted) return null;
  return text(what, protocol, ends, bytes, rest.toString('hex', 0, counted));
}

const text = (what: string, protocol: number, ends: readonly string[], ...counted: unknown[]): string =>
  JSON.stringify([what, protocol, ends.toSorted(), ...counted]);
