// Packets as bytes, for what the programs make of them: headers with what counts filled in, checksums aside.

const bytesOf = (...values: number[]): Buffer => Buffer.from(values);
const word16 = (value: number): Buffer => bytesOf(value >> 8, value & 0xff);
const word32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

export interface Ends {
  readonly source: number;
  readonly destination: number;
}

export const reversed = ({ source, destination }: Ends): Ends => ({
  source: destination,
  destination: source,
});

export interface Ipv4 extends Partial<Ends> {
  readonly ttl?: number;
  readonly identification?: number;
  /** Flags and offset, as in the header. */
  readonly fragment?: number;
  readonly service?: number;
  /** Whole words. */
  readonly options?: Buffer;
}

const hosts: Ends = { source: 0xc612_0101, destination: 0xc613_0101 };
const ports: Ends = { source: 7_001, destination: 7_002 };

export function ipv4(protocol: number, carried: Buffer, given: Ipv4 = {}): Buffer {
  const { ttl = 64, identification = 0, fragment = 0, service = 0, options = Buffer.alloc(0) } = given;
  const { source, destination } = { ...hosts, ...given };
  const words = 5 + options.length / 4;
  return Buffer.concat([
    bytesOf(0x40 | words, service),
    word16(words * 4 + carried.length),
    word16(identification),
    word16(fragment),
    bytesOf(ttl, protocol, 0, 0),
    word32(source),
    word32(destination),
    options,
    carried,
  ]);
}

export interface Ipv6 extends Partial<Ends> {
  readonly hopLimit?: number;
  readonly flowLabel?: number;
}

/** Of fd00::/112; an end is its last 32 bits. */
const address6 = (end: number): Buffer => Buffer.concat([bytesOf(0xfd), Buffer.alloc(11), word32(end)]);

export function ipv6(next: number, carried: Buffer, given: Ipv6 = {}): Buffer {
  const { hopLimit = 64, flowLabel = 0 } = given;
  const { source, destination } = { ...hosts, ...given };
  return Buffer.concat([
    word32(0x6000_0000 | flowLabel),
    word16(carried.length),
    bytesOf(next, hopLimit),
    address6(source),
    address6(destination),
    carried,
  ]);
}

/** A header of options of so many times eight bytes, or of a fragment. */
export const extension = (next: number, eights: number, carried: Buffer): Buffer =>
  Buffer.concat([bytesOf(next, eights - 1), Buffer.alloc(eights * 8 - 2), carried]);

export const fragment6 = (next: number, identification: number, offset: number, carried: Buffer): Buffer =>
  Buffer.concat([bytesOf(next, 0), word16(offset), word32(identification), carried]);

export const udp = (payload: Buffer, given: Partial<Ends> & { readonly checksum?: number } = {}): Buffer => {
  const { source, destination, checksum = 0 } = { ...ports, ...given };
  return Buffer.concat([
    word16(source),
    word16(destination),
    word16(8 + payload.length),
    word16(checksum),
    payload,
  ]);
};

export interface Tcp extends Partial<Ends> {
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly flags?: number;
  readonly window?: number;
}

export function tcp(payload: Buffer, given: Tcp = {}): Buffer {
  const { source, destination } = { ...ports, ...given };
  const { sequence = 1, acknowledgement = 1, flags = 0x10, window = 1_000 } = given;
  return Buffer.concat([
    word16(source),
    word16(destination),
    word32(sequence),
    word32(acknowledgement),
    bytesOf(0x50, flags),
    word16(window),
    Buffer.alloc(4),
    payload,
  ]);
}

export const icmp = (type: number, rest: number, payload: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([bytesOf(type, 0, 0, 0), word32(rest), payload]);

export const protocols = {
  hopOptions: 0,
  icmp: 1,
  tcp: 6,
  udp: 17,
  fragment: 44,
  esp: 50,
  icmpv6: 58,
  destinationOptions: 60,
} as const;
export const echo = { request: 8, reply: 0, request6: 128, reply6: 129 } as const;

/** As a tap takes it. */
export const frame = (ethertype: number, packet: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('027669740201', 'hex'),
    Buffer.from('027669740101', 'hex'),
    word16(ethertype),
    packet,
  ]);

export const ethertypes = { ipv4: 0x0800, ipv6: 0x86dd, arp: 0x0806 } as const;

export const tagged = (vlan: number, ethertype: number, packet: Buffer): Buffer =>
  frame(0x8100, Buffer.concat([word16(vlan), word16(ethertype), packet]));
