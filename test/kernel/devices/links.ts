// Devices of a test: veth pairs, and tun and tap devices that the test itself reads and writes.
// Addresses come from RFC 2544's benchmark range: device number n has 198.18.n.1 on the left, 198.19.n.1 on the right.
import { closeSync, read, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { within } from '../../../src/bench/within.js';
import { inNetns, openTunTap } from '../../../src/libbpf/libc.js';
import { type Ground, ip, ipBatch } from './ground.js';

const readOnce = promisify(read);
const largestPacketBytes = 65_600;
const readLimitSeconds = 5;

export interface PairEnds {
  readonly left: string;
  readonly right: string;
  readonly leftNetns: string;
  readonly rightNetns: string;
  /** 1 to 254; tells the addresses of pairs apart. */
  readonly number: number;
}

const mac = (side: number, number: number) => `02:76:69:74:0${side}:${number.toString(16).padStart(2, '0')}`;
export const leftAddress = (number: number) => `198.18.${number}.1`;
export const rightAddress = (number: number) => `198.19.${number}.1`;

/** Commands for `ip -n leftNetns -batch` and `ip -n rightNetns -batch`: both ends, routed both ways, without ARP. */
export function pairCommands(ends: PairEnds): { readonly left: string[]; readonly right: string[] } {
  const { left, right, rightNetns, number } = ends;
  return {
    left: [
      `link add ${left} address ${mac(1, number)} type veth peer name ${right} address ${mac(2, number)} netns ${rightNetns}`,
      ...endCommands(left, leftAddress(number), rightAddress(number), mac(2, number)),
    ],
    right: endCommands(right, rightAddress(number), leftAddress(number), mac(1, number)),
  };
}

export function endCommands(device: string, own: string, other: string, otherMac: string | null): string[] {
  return [
    `address add ${own}/32 dev ${device}`,
    `link set ${device} up`,
    `route add ${other}/32 dev ${device} src ${own}`,
    ...(otherMac === null ? [] : [`neighbour add ${other} lladdr ${otherMac} dev ${device} nud permanent`]),
  ];
}

/** The right end of a pair anew, after it was moved or renamed. */
export const rightEnd = ({ right, number }: PairEnds): string[] =>
  endCommands(right, rightAddress(number), leftAddress(number), mac(1, number));

export async function addPair(ends: PairEnds): Promise<void> {
  const { left, right } = pairCommands(ends);
  await ipBatch(ends.leftNetns, left);
  await ipBatch(ends.rightNetns, right);
}

/** A tun or tap device whose user-space end is this process. */
export class UserDevice {
  readonly #fd: number;
  #isOpen = true;

  /** Routed to `rightAddress(number)`; gone with its descriptor. */
  static async add(
    ground: Ground,
    kind: 'tun' | 'tap',
    netns: string,
    name: string,
    number: number,
  ): Promise<UserDevice> {
    const device = new UserDevice(inNetns(netns, () => openTunTap(kind, name)));
    ground.cleanup.add(`close ${name}`, () => device.close());
    const neighbour = kind === 'tap' ? mac(2, number) : null;
    await ipBatch(netns, endCommands(name, leftAddress(number), rightAddress(number), neighbour));
    return device;
  }

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** The next packet as the device hands it over; rejects when the device goes, and after a while. */
  async read(): Promise<Buffer> {
    const packet = Buffer.alloc(largestPacketBytes);
    const onLimit = () => new Error(`no packet within ${readLimitSeconds} s`);
    const reading = readOnce(this.#fd, packet, 0, packet.length, null);
    const { bytesRead } = await within(reading, { limitSeconds: readLimitSeconds, onLimit });
    return packet.subarray(0, bytesRead);
  }

  async readAll(packets: number): Promise<Buffer[]> {
    const read: Buffer[] = [];
    while (read.length < packets) read.push(await this.read());
    return read;
  }

  /** A packet that waits already, on this thread and so on its CPU. */
  readNow(): Buffer {
    const packet = Buffer.alloc(largestPacketBytes);
    return packet.subarray(0, readSync(this.#fd, packet));
  }

  write(packet: Buffer): void {
    writeSync(this.#fd, packet);
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#fd);
    this.#isOpen = false;
  }
}

export const removeLink = (netns: string, device: string) => ip('-n', netns, 'link', 'delete', device);
