// Where tools run: the two ends of a path, and how a packet is addressed there.
import { addressesOf, generatorPort } from '../addresses.js';
import { internetChecksum } from '../children/framing.js';
import type { BuiltPath, PathName } from '../path.js';

interface End {
  readonly netns: string;
  readonly device: string;
  readonly address: string;
}

export interface Ground {
  readonly path: PathName;
  readonly generator: End;
  readonly sink: End;
  /** Source and next hop; null where the devices carry IP alone. */
  readonly macs: { readonly source: string; readonly target: string } | null;
  /** Whether the sink could reach the generator, were there a route. */
  readonly goesBothWays: boolean;
}

const linkOf: Readonly<Record<PathName, { readonly hop: 'sinkMac' | 'guestInMac' | null; both: boolean }>> = {
  veth: { hop: 'sinkMac', both: true },
  bridge: { hop: 'sinkMac', both: true },
  tap: { hop: 'guestInMac', both: false },
  tun: { hop: null, both: false },
};

/** @returns null where the far end is a guest that is not ours */
export function groundOf(path: BuiltPath): Ground | null {
  const [first, last] = [path.devices[0], path.devices.at(-1)];
  if (path.carrier !== 'udp' || !first || !last) return null;
  const { hop, both } = linkOf[path.name];
  const addresses = addressesOf(path.name);
  return {
    path: path.name,
    generator: { netns: path.generatorNetns, device: first.device, address: path.generatorAddress },
    sink: { netns: path.sinkNetns, device: last.device, address: path.sinkAddress },
    macs: hop === null ? null : { source: addresses.generatorMac, target: addresses[hop] },
    goesBothWays: both,
  };
}

const [ethernetBytes, ipBytes, udpBytes] = [14, 20, 8];

/** A UDP datagram of zeros from end to end, without a UDP checksum, which IPv4 allows. */
export function packetOf(
  { generator, sink, macs }: Pick<Ground, 'macs'> & Record<'generator' | 'sink', Pick<End, 'address'>>,
  port: number,
  payloadBytes: number,
): Buffer {
  const bytes = ipBytes + udpBytes + payloadBytes;
  const ip = Buffer.alloc(bytes);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(bytes, 2);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(17, 9);
  ip.set(addressBytes(generator.address), 12);
  ip.set(addressBytes(sink.address), 16);
  ip.writeUInt16BE(internetChecksum(ip, 0, ipBytes), 10);
  ip.writeUInt16BE(generatorPort, ipBytes);
  ip.writeUInt16BE(port, ipBytes + 2);
  ip.writeUInt16BE(udpBytes + payloadBytes, ipBytes + 4);
  if (macs === null) return ip;
  const ethernet = Buffer.alloc(ethernetBytes);
  ethernet.set(macBytes(macs.target), 0);
  ethernet.set(macBytes(macs.source), 6);
  ethernet.writeUInt16BE(0x0800, 12);
  return Buffer.concat([ethernet, ip]);
}

const addressBytes = (address: string): number[] => address.split('.').map(Number);
const macBytes = (mac: string): number[] => mac.split(':').map((byte) => Number.parseInt(byte, 16));
