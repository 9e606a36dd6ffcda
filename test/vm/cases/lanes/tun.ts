// Cases over tun or tap devices that this process forwards between: in0 → here → out0, with the flags of the case.
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { inNetns } from '../../../../src/libbpf/libc.js';
import { ioctl } from '../../inside/ioctl.js';
import { openDatagrams } from '../datagrams.js';
import type { CaseGround, Lane } from '../ground.js';

/** include/uapi/linux/if_tun.h */
const TUNSETIFF = 0x400454ca;
export const flags = {
  tun: 0x0001,
  tap: 0x0002,
  napi: 0x0010,
  multiQueue: 0x0100,
  noPacketInfo: 0x1000,
  header: 0x4000,
} as const;
const [near, far] = ['198.18.3.1', '198.19.3.1'];
const macs = { in0: '02:76:69:74:03:01', out0: '02:76:69:74:03:02' };
const largestBytes = 65_600;

function openQueue(ground: CaseGround, netns: string, device: string, flagBits: number): number {
  const fd = inNetns(netns, () => openSync('/dev/net/tun', constants.O_RDWR | constants.O_NONBLOCK));
  ground.cleanup.add(`close ${device}`, () => closeSync(fd));
  const request = Buffer.alloc(40);
  request.write(device, 0, 15, 'latin1');
  request.writeUInt16LE(flags.noPacketInfo | flagBits, 16);
  inNetns(netns, () => ioctl(`TUNSETIFF ${device}`, fd, TUNSETIFF, request));
  return fd;
}

export interface TunFlags {
  readonly kind?: 'tun' | 'tap';
  readonly in: number;
  readonly out: number;
  readonly inQueues?: number;
  readonly flows?: number;
}

export const tunLane =
  ({ kind = 'tun', in: inFlags, out: outFlags, inQueues = 1, flows = 1 }: TunFlags) =>
  async (ground: CaseGround): Promise<Lane> => {
    const [a, b] = [await ground.netns(), await ground.netns()];
    const queues = Array.from({ length: inQueues }, () => openQueue(ground, a, 'in0', flags[kind] | inFlags));
    const out = openQueue(ground, b, 'out0', flags[kind] | outFlags);
    if (kind === 'tap') {
      await ground.ip(a, `link set in0 address ${macs.in0}`);
      await ground.ip(b, `link set out0 address ${macs.out0}`);
    }
    await ground.ip(a, `address add ${near}/32 dev in0`, 'link set in0 up', `route add ${far}/32 dev in0`);
    await ground.ip(b, `address add ${far}/32 dev out0`, 'link set out0 up');
    // Forwarded as they are, frames already bear the address of out0.
    if (kind === 'tap') await ground.ip(a, `neighbour add ${far} lladdr ${macs.out0} dev in0 nud permanent`);
    const packet = Buffer.alloc(largestBytes);
    const used = new Set<number>();
    const pump = () => {
      for (const queue of queues)
        for (let length = readOrNone(queue, packet); length > 0; length = readOrNone(queue, packet)) {
          used.add(queue);
          writeSync(out, packet, 0, length);
        }
    };
    const carryAll = openDatagrams(ground, { from: a, to: b, address: far, flows, pump });
    const carry = async (packets: number) => {
      used.clear();
      const carried = await carryAll(packets);
      if (packets >= flows && used.size < inQueues) throw new Error(`only ${used.size} queues had packets`);
      return carried;
    };
    return { devices: [`${a}/in0`, `${b}/out0`], carry };
  };

/** 0 where nothing is to be read now. */
function readOrNone(fd: number, into: Buffer): number {
  try {
    return readSync(fd, into);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
    throw error;
  }
}
