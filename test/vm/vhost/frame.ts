// A UDP packet as a guest sends it: virtio_net_hdr, Ethernet, IPv4, UDP, with their checksums.

export interface FrameEnd {
  /** "02:76:…" */
  readonly mac: string;
  /** Dotted decimal. */
  readonly address: string;
  readonly port: number;
}

/** As VIRTIO_F_VERSION_1 has it; all zero asks for nothing. */
export const virtioHeaderBytes = 12;
const ethernetBytes = 14;
const ipBytes = 20;
const udpBytes = 8;
/** Where the payload begins in a packet to or from a guest. */
export const payloadOffset = virtioHeaderBytes + ethernetBytes + ipBytes + udpBytes;
const IPPROTO_UDP = 17;

export function udpFrame(from: FrameEnd, to: FrameEnd, payload: Uint8Array): Buffer {
  const frame = Buffer.alloc(payloadOffset + payload.length);
  frame.set([...macOf(to.mac), ...macOf(from.mac), 0x08, 0x00], virtioHeaderBytes);
  const ip = frame.subarray(virtioHeaderBytes + ethernetBytes);
  ip[0] = 0x45;
  ip.writeUInt16BE(ip.length, 2);
  ip.set([64, IPPROTO_UDP], 8);
  ip.set([...addressOf(from.address), ...addressOf(to.address)], 12);
  ip.writeUInt16BE(checksumOf(ip.subarray(0, ipBytes)), 10);
  const udp = ip.subarray(ipBytes);
  udp.writeUInt16BE(from.port, 0);
  udp.writeUInt16BE(to.port, 2);
  udp.writeUInt16BE(udp.length, 4);
  udp.set(payload, udpBytes);
  const pseudoHeader = [...ip.subarray(12, 20), 0, IPPROTO_UDP, ...udp.subarray(4, 6)];
  // 0 would say that there is none.
  udp.writeUInt16BE(checksumOf(Buffer.from([...pseudoHeader, ...udp])) || 0xffff, 6);
  return frame;
}

/** RFC 1071: the complement of the ones' complement sum of all 16-bit words. */
export function checksumOf(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const macOf = (mac: string): number[] => mac.split(':').map((byte) => Number.parseInt(byte, 16));
const addressOf = (address: string): number[] => address.split('.').map(Number);
