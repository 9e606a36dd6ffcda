// Offloads of a device, as ethtool sets them.
import { closeSync } from 'node:fs';
import ref from '@2060.io/ref-napi';
import { inNetns } from '../../../../src/libbpf/libc.js';
import { openDatagramSocket } from '../../../../src/libbpf/sockets.js';
import { ioctl } from '../../inside/ioctl.js';

/** include/uapi/linux/sockios.h and ethtool.h */
const SIOCETHTOOL = 0x8946;
const commands = { tso: 0x1f, gso: 0x24, gro: 0x2c } as const;
const nameBytes = 16;

export function setOffload(
  netns: string,
  device: string,
  offload: keyof typeof commands,
  isOn: boolean,
): void {
  const value = Buffer.alloc(8);
  value.writeUInt32LE(commands[offload], 0);
  value.writeUInt32LE(Number(isOn), 4);
  const request = Buffer.alloc(40);
  request.write(device, 0, nameBytes - 1, 'latin1');
  request.writeBigUInt64LE(BigInt(ref.address(value)), nameBytes);
  inNetns(netns, () => {
    const fd = openDatagramSocket(4_096);
    try {
      ioctl(`set ${offload} of ${device}`, fd, SIOCETHTOOL, request);
    } finally {
      closeSync(fd);
    }
  });
}
