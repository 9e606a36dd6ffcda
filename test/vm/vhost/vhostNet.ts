// /dev/vhost-net, which moves packets between a tap and a guest's queues in the kernel: set up as QEMU does it.
// In: a tap, memory, queues in it. Out: a function for each queue that tells the device to look at it.
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Scope } from '../../../src/bench/scope.js';
import { ioctl } from '../inside/ioctl.js';
import { addressOf, openEventFd } from './foreign.js';
import type { Virtqueue } from './virtqueue.js';

/** include/uapi/linux/vhost.h */
const VHOST_SET_FEATURES = 0x4008af00;
const VHOST_SET_OWNER = 0xaf01;
const VHOST_SET_MEM_TABLE = 0x4008af03;
const VHOST_SET_VRING_NUM = 0x4008af10;
const VHOST_SET_VRING_ADDR = 0x4028af11;
const VHOST_SET_VRING_BASE = 0x4008af12;
const VHOST_SET_VRING_KICK = 0x4008af20;
const VHOST_SET_VRING_CALL = 0x4008af21;
const VHOST_NET_SET_BACKEND = 0x4008af30;

/** With it the virtio_net_hdr has 12 bytes. */
const VIRTIO_F_VERSION_1 = 1n << 32n;
const nobody = -1;

export type Kick = () => void;

/** @param queues to the guest, from the guest; the order is the device's own */
export function startVhost(
  tap: number,
  memory: Uint8Array,
  queues: readonly Virtqueue[],
  scope: Scope,
): Kick[] {
  const fd = openSync('/dev/vhost-net', 'r+');
  scope.cleanup.add('close vhost-net', () => closeSync(fd));
  ioctl('VHOST_SET_OWNER', fd, VHOST_SET_OWNER);
  ioctl('VHOST_SET_FEATURES', fd, VHOST_SET_FEATURES, wordOf(VIRTIO_F_VERSION_1));
  ioctl('VHOST_SET_MEM_TABLE', fd, VHOST_SET_MEM_TABLE, oneRegion(memory));
  return queues.map((queue, index) => {
    const kick = openEventFd();
    scope.cleanup.add('close a kick', () => closeSync(kick));
    ioctl('VHOST_SET_VRING_NUM', fd, VHOST_SET_VRING_NUM, pairOf(index, queue.slots));
    ioctl('VHOST_SET_VRING_BASE', fd, VHOST_SET_VRING_BASE, pairOf(index, 0));
    ioctl('VHOST_SET_VRING_ADDR', fd, VHOST_SET_VRING_ADDR, addressesOf(index, queue, addressOf(memory)));
    ioctl('VHOST_SET_VRING_KICK', fd, VHOST_SET_VRING_KICK, pairOf(index, kick));
    ioctl('VHOST_SET_VRING_CALL', fd, VHOST_SET_VRING_CALL, pairOf(index, nobody));
    ioctl('VHOST_NET_SET_BACKEND', fd, VHOST_NET_SET_BACKEND, pairOf(index, tap));
    return () => {
      writeSync(kick, wordOf(1n));
    };
  });
}

function wordOf(value: bigint): Buffer {
  const word = Buffer.alloc(8);
  word.writeBigUInt64LE(value);
  return word;
}

/** vhost_vring_state and vhost_vring_file alike. */
function pairOf(index: number, value: number): Buffer {
  const pair = Buffer.alloc(8);
  pair.writeUInt32LE(index);
  pair.writeInt32LE(value, 4);
  return pair;
}

/** vhost_memory: the guest's physical address 0 is the start of its memory here. */
function oneRegion(memory: Uint8Array): Buffer {
  const table = Buffer.alloc(8 + 32);
  table.writeUInt32LE(1);
  table.writeBigUInt64LE(0n, 8);
  table.writeBigUInt64LE(BigInt(memory.byteLength), 16);
  table.writeBigUInt64LE(addressOf(memory), 24);
  return table;
}

/** vhost_vring_addr: addresses of this process, not the guest's. */
function addressesOf(index: number, { layout }: Virtqueue, start: bigint): Buffer {
  const addresses = Buffer.alloc(40);
  addresses.writeUInt32LE(index);
  addresses.writeBigUInt64LE(start + BigInt(layout.descriptors), 8);
  addresses.writeBigUInt64LE(start + BigInt(layout.used), 16);
  addresses.writeBigUInt64LE(start + BigInt(layout.available), 24);
  return addresses;
}
